using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Reads vector columns of a view, row by row, as numbers; the view is passed over once.</summary>
internal static class EvaluatedRows
{
    /// <summary>Finds a column that is a vector of known size.</summary>
    /// <param name="schema">The view's schema.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="role">What it is to the evaluation, such as <c>the label</c>.</param>
    /// <param name="expected">What it must be, in words.</param>
    /// <param name="fits">Whether the type of its items fits.</param>
    /// <param name="otherwise">What to do when it does not fit.</param>
    /// <exception cref="ArgumentException">It is missing or of another type.</exception>
    public static DataViewSchema.Column Vector(DataViewSchema schema, string name, string role, string expected, Func<PrimitiveDataViewType, bool> fits, string otherwise)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw ColumnErrors.Schema($"The data has no column '{name}' (needed for {role}). {ClosestName.Hint(name, schema.Where(other => !other.IsHidden).Select(other => other.Name))}");
        return column.Type is VectorDataViewType { IsKnownSize: true } vector && fits(vector.ItemType) ? column
            : throw ColumnErrors.Schema($"The column '{name}' ({role}) is {column.Type}; expected {expected}. {otherwise}");
    }

    /// <summary>Throws unless two columns have as many values a row.</summary>
    public static void SameSize(DataViewSchema.Column label, DataViewSchema.Column other)
    {
        (int expected, int size) = (((VectorDataViewType)label.Type).Size, ((VectorDataViewType)other.Type).Size);
        if (size != expected)
            throw ColumnErrors.Schema($"The column '{other.Name}' has {size} values a row, and the label '{label.Name}' has {expected}: they must be of the same places.");
    }

    /// <summary>Reads columns; keys become class indices from 0, and -100 where they are missing.</summary>
    /// <param name="data">The view.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="checkAlive">Throws when the work was cancelled.</param>
    /// <param name="row">Takes the values of each row, an array for each column, which the next row overwrites.</param>
    /// <returns>The number of rows.</returns>
    public static long Read(IDataView data, DataViewSchema.Column[] columns, Action checkAlive, Action<double[][], long> row)
    {
        ColumnBinding[] bindings = [.. columns.Select(column => ColumnBinding.Bind(data.Schema, column.Name,
            new TensorColumn(column.Name) { DType = ((VectorDataViewType)column.Type).ItemType is KeyDataViewType ? ScalarType.Int64 : ScalarType.Float64 }))];
        byte[][] bytes = [.. bindings.Select(binding => new byte[binding.RowBytes])];
        double[][] values = [.. bindings.Select(binding => new double[binding.RowElements])];
        using DataViewRowCursor cursor = data.GetRowCursor(columns);
        ColumnReader[] readers = [.. bindings.Select(binding => binding.Open(cursor))];
        long count = 0;
        for (; cursor.MoveNext(); count++)
        {
            checkAlive();
            for (int i = 0; i < readers.Length; i++)
            {
                readers[i].Read(bytes[i]);
                bindings[i].ReadNumbers(bytes[i], values[i]);
            }
            row(values, count);
        }
        return count;
    }

    /// <summary>Gets the names of a label's values: its SlotNames, those of another column, or their places.</summary>
    public static string[] Names(DataViewSchema.Column label, DataViewSchema.Column other) =>
        [.. (KeyValues.Read(label, AnnotationNames.SlotNames) ?? KeyValues.Read(other, AnnotationNames.SlotNames))?.Values
            ?? Enumerable.Range(0, ((VectorDataViewType)label.Type).Size).Select(place => FormattableString.Invariant($"{place}"))];

    /// <summary>Gets the mean of the values that are defined; NaN when none is.</summary>
    public static double Mean(IEnumerable<double> values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
