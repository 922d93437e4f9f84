using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Counts the pixels of each true and each predicted class.</summary>
internal static class SegmentationEvaluator
{
    private const string Expected = "a vector of keys of known size, one for each pixel";

    public static SegmentationMetrics Evaluate(IDataView data, string labelColumnName, string predictedLabelColumnName, Action checkAlive)
    {
        DataViewSchema.Column label = Map(data.Schema, labelColumnName, "the label",
            $"Make its values keys: mlContext.Transforms.Conversion.MapValueToKey(\"{labelColumnName}\").");
        DataViewSchema.Column predicted = Map(data.Schema, predictedLabelColumnName, "the predicted label",
            $"A network gives it with new OutputColumn(key, labelColumnName: \"{labelColumnName}\") whose label is a vector of keys; evaluate before MapKeyToValue.");
        EvaluatedRows.SameSize(label, predicted);
        (KeyDataViewType labelKey, KeyDataViewType predictedKey) = (KeyOf(label), KeyOf(predicted));
        KeyValues? names = KeyValues.Read(label);
        if (labelKey.Count is 0 or > int.MaxValue || labelKey.Count != predictedKey.Count || (KeyValues.Read(predicted) is { } others && names is not null && others != names))
            throw ColumnErrors.Schema($"The keys of '{labelColumnName}' ({label.Type}) and of '{predictedLabelColumnName}' ({predicted.Type}) stand for other classes: they must be of the same mapping.");
        int classes = (int)labelKey.Count;
        // The last column is that of pixels without a prediction.
        long[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new long[classes + 1])];
        long unlabeled = 0;
        EvaluatedRows.Read(data, [label, predicted], checkAlive, (values, row) =>
        {
            (double[] truth, double[] guess) = (values[0], values[1]);
            for (int i = 0; i < truth.Length; i++)
            {
                if (truth[i] == TensorColumn.MissingTarget)
                {
                    unlabeled++;
                    continue;
                }
                counts[Index(truth[i], classes, label.Name, row)][guess[i] == TensorColumn.MissingTarget ? classes : Index(guess[i], classes, predicted.Name, row)]++;
            }
        });
        return new SegmentationMetrics(counts, unlabeled, [.. names?.Values ?? Enumerable.Range(0, classes).Select(index => FormattableString.Invariant($"{index}"))]);
    }

    private static DataViewSchema.Column Map(DataViewSchema schema, string name, string role, string otherwise) =>
        EvaluatedRows.Vector(schema, name, role, Expected, item => item is KeyDataViewType, otherwise);

    private static KeyDataViewType KeyOf(DataViewSchema.Column column) => (KeyDataViewType)((VectorDataViewType)column.Type).ItemType;

    // A source that does not keep to its own type would otherwise end in an index out of range.
    private static int Index(double value, int classes, string column, long row) => value < classes ? (int)value
        : throw MLNetErrors.Mark(new InvalidOperationException(FormattableString.Invariant($"Column '{column}' holds the key {value + 1} in row {row}, and has {classes} keys.")));
}
