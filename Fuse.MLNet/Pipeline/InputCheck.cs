using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet;

/// <summary>Checks the columns of a schema's shape, before there is any data.</summary>
internal static class InputCheck
{
    /// <summary>Finds a column.</summary>
    /// <exception cref="ArgumentException">It is missing.</exception>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string role)
    {
        SchemaShape.Column column = schema.FirstOrDefault(column => column.Name == name);
        return column.Name is not null ? column : throw ColumnErrors.Missing(name, role, schema.Select(other => other.Name));
    }

    /// <summary>Checks that a column can become the tensor that is asked for.</summary>
    /// <exception cref="ArgumentException">It is missing, has no tensor form, or its size is not known.</exception>
    public static void Column(SchemaShape schema, string key, TensorColumn column)
    {
        SchemaShape.Column found = Find(schema, column.ColumnName, key);
        if (column.PadTo is not null)
            ColumnErrors.CheckPadded(column, found.ItemType, found.Kind != SchemaShape.Column.VectorKind.Scalar);
        if (column.Reader is not null)
        {
            ColumnErrors.CheckFiles(column, found.ItemType, found.Kind == SchemaShape.Column.VectorKind.Scalar);
            return;
        }
        if (column.Image is not null || found.ItemType is ImageDataViewType)
        {
            ColumnErrors.CheckedImages(column, found.ItemType, found.Kind != SchemaShape.Column.VectorKind.Scalar);
            return;
        }
        if (!found.IsKey && !ColumnTypes.HasTensorForm(found.ItemType))
            throw ColumnErrors.NoTensorForm(found.Name, found.ItemType);
        if (found.Kind == SchemaShape.Column.VectorKind.VariableVector && column.Shape.Count == 0 && column.PadTo is null)
            throw ColumnErrors.UnknownSize(found.Name);
    }

    /// <summary>Checks that a column marks rows.</summary>
    /// <exception cref="ArgumentException">It is missing, or not a Boolean.</exception>
    public static void Boolean(SchemaShape schema, string name, string role)
    {
        SchemaShape.Column found = Find(schema, name, role);
        if (found.ItemType is not BooleanDataViewType || found.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw ColumnErrors.Schema($"The column '{name}' ({role}) is {found.Kind} of {found.ItemType}; expected a Boolean that is true in validation rows.");
    }

    /// <summary>Checks that a column has one value a row that can be told from others.</summary>
    /// <exception cref="ArgumentException">It is missing, or not a text, a number, a Boolean, a key or a date.</exception>
    public static void Scalar(SchemaShape schema, string name, string role)
    {
        SchemaShape.Column found = Find(schema, name, role);
        if (found.ItemType is not PrimitiveDataViewType || found.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw ColumnErrors.Schema($"The column '{name}' ({role}) is {found.Kind} of {found.ItemType}; expected one text, number, Boolean, key or date a row.");
    }

    /// <summary>Adds columns to a schema's shape, in place of those of the same name.</summary>
    public static SchemaShape With(SchemaShape schema, IEnumerable<SchemaShape.Column> added)
    {
        var columns = new OrderedDictionary<string, SchemaShape.Column>(schema.Select(column => KeyValuePair.Create(column.Name, column)));
        foreach (SchemaShape.Column column in added)
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }
}
