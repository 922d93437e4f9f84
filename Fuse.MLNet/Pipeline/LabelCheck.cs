using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Checks what a label column can name.</summary>
internal static class LabelCheck
{
    /// <summary>Returns the column when it is a scalar key.</summary>
    public static SchemaShape.Column Key(SchemaShape.Column label) =>
        label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar ? label : throw NotKey(label.Name, $"{label.Kind} of {label.ItemType}");

    /// <summary>Gets what the output for a label predicts, which its type tells.</summary>
    /// <exception cref="ArgumentException">It tells nothing: a number or a text may be anything.</exception>
    public static OutputTask TaskOf(SchemaShape.Column label)
    {
        if (label.Kind == SchemaShape.Column.VectorKind.Scalar)
        {
            if (!label.IsKey && label.ItemType is BooleanDataViewType)
                return OutputTask.BinaryClassification;
            Key(label);
            return OutputTask.MulticlassClassification;
        }
        return label.IsKey ? OutputTask.Segmentation
            : label.ItemType is BooleanDataViewType ? OutputTask.MultiLabelClassification
            : label.ItemType is NumberDataViewType ? OutputTask.MultiOutputRegression
            : throw NotKey(label.Name, $"{label.Kind} of {label.ItemType}");
    }

    /// <summary>Gets the number of classes of a key column: all of its keys, also those not seen in training.</summary>
    public static long ClassCount(DataViewSchema.Column label)
    {
        if (ColumnTypes.ItemOf(label.Type) is not KeyDataViewType key)
            throw NotKey(label.Name, label.Type);
        return key.Count is > 1 and <= int.MaxValue ? (long)key.Count
            : throw ColumnErrors.Schema($"The label column '{label.Name}' is {label.Type}; a classifier needs a key of at least 2 and at most {int.MaxValue} values.");
    }

    /// <summary>Checks that the keys of two views stand for the same values, as they do when one fitted MapValueToKey made both.</summary>
    /// <exception cref="ArgumentException">They do not; the message names the column.</exception>
    public static void SameKeys(DataViewSchema training, DataViewSchema validation, IEnumerable<ColumnBinding> bindings)
    {
        foreach (string name in bindings.Where(binding => ColumnTypes.ItemOf(binding.Source.Type) is KeyDataViewType).Select(binding => binding.Source.Name))
        {
            if (validation.GetColumnOrNull(name) is { } other
                && (!other.Type.Equals(training[name].Type) || KeyValues.Read(training[name]) != KeyValues.Read(other)))
                throw ColumnErrors.Schema($"The keys of column '{name}' stand for other values in the validation data than in the training data. " +
                    "Apply the same fitted transformer to both: var map = ml.Transforms.Conversion.MapValueToKey(...).Fit(train).");
        }
    }

    private static ArgumentException NotKey(string name, object type) => ColumnErrors.Schema(
        $"The label column '{name}' is {type}; a classifier needs a key. Put it before this step: mlContext.Transforms.Conversion.MapValueToKey(\"{name}\").");
}
