using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Checks that a label column can name classes.</summary>
internal static class LabelCheck
{
    /// <summary>Returns the column when it is a scalar key.</summary>
    public static SchemaShape.Column Key(SchemaShape.Column label) =>
        label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar ? label : throw NotKey(label.Name, $"{label.Kind} of {label.ItemType}");

    /// <summary>Gets the number of classes of a key column: all of its keys, also those not seen in training.</summary>
    public static long ClassCount(DataViewSchema.Column label)
    {
        if (label.Type is not KeyDataViewType key)
            throw NotKey(label.Name, label.Type);
        return key.Count is > 1 and <= int.MaxValue ? (long)key.Count
            : throw ColumnErrors.Schema($"The label column '{label.Name}' is {label.Type}; a classifier needs a key of at least 2 and at most {int.MaxValue} values.");
    }

    private static ArgumentException NotKey(string name, object type) => ColumnErrors.Schema(
        $"The label column '{name}' is {type}; a classifier needs a key. Put it before this step: mlContext.Transforms.Conversion.MapValueToKey(\"{name}\").");
}
