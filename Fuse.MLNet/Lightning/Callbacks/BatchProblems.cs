using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Finds what is unusual in a batch, in the current dispose scope.</summary>
internal static class BatchProblems
{
    private const double LargestScale = 100;

    // So many rows are not alike by chance.
    private const int FewestRows = 4;

    /// <summary>Looks at an input; one value a row, such as a rare flag, may well be the same in a whole batch when there are other inputs.</summary>
    public static IEnumerable<SanityProblem> OfInput(string key, Tensor input, int rows, bool isOnly)
    {
        if (!input.is_floating_point() || input.numel() == 0)
            yield break;
        Tensor values = input.to(ScalarType.Float32);
        long wrong = values.isfinite().logical_not().sum().Whole();
        if (wrong > 0)
        {
            yield return new("finite_inputs", $"'{key}' holds {wrong} values that are NaN or infinite in the first batch. Replace them before this step, such as by ml.Transforms.ReplaceMissingValues, or leave their rows out.");
            yield break;
        }
        if ((isOnly || input.numel() > rows) && AreRowsEqual(values, rows))
            yield return new("varying_inputs", $"'{key}' is the same in all {rows} rows of the first batch, so there is nothing to learn from it. Check the column that it is read from, and the steps before.");
        (double mean, double deviation) = (values.mean().Number(), values.std(unbiased: false).Number());
        if (Math.Abs(mean) > LargestScale || deviation > LargestScale)
            yield return new("input_scale", string.Create(CultureInfo.InvariantCulture, $"'{key}' has mean {mean:0.#} and standard deviation {deviation:0.#} in the first batch, and networks learn ") +
                $"best from values around 0 of size 1. Set {nameof(TensorColumn.Standardize)} of its {nameof(TensorColumn)}, or normalize the column before, such as by ml.Transforms.NormalizeMeanVariance.");
    }

    public static IEnumerable<SanityProblem> OfLabels(BatchDict batch, IEnumerable<CheckedLoss> losses)
    {
        foreach (CheckedLoss loss in losses.DistinctBy(loss => (loss.Prediction, loss.Target)))
        {
            if (Classes(batch, loss) is not { } classes || !batch.TryGet<Tensor>(loss.Target, out Tensor? target) || target.is_floating_point()
                || target.dtype == ScalarType.Bool || target.dim() != batch[loss.Prediction].dim() - 1)
                continue;
            Tensor indices = target.to(ScalarType.Int64);
            Tensor wrong = indices.lt(0).logical_or(indices.ge(classes)).logical_and(indices.ne(Ignored(loss.Loss)));
            if (wrong.any().IsTrue())
                yield return new("label_range", $"'{loss.Target}' holds the class index {indices.masked_select(wrong)[0].Whole()} in the first batch, where '{loss.Prediction}' has {classes} classes, " +
                    $"0 to {classes - 1}. Give the network one output for each class, or make the label a key by ml.Transforms.Conversion.MapValueToKey.");
        }
    }

    public static IEnumerable<SanityProblem> OfOutputs(BatchDict batch, IReadOnlyList<CheckedLoss> losses)
    {
        string[] keys = losses.Any(loss => loss.Name is not null) ? [.. losses.Select(loss => loss.Prediction).Distinct(StringComparer.Ordinal)]
            : [.. batch.Keys.Where(key => key.StartsWith("model.logits.", StringComparison.Ordinal) || key.StartsWith("model.output.", StringComparison.Ordinal))];
        foreach (string key in keys)
            if (batch.TryGet<Tensor>(key, out Tensor? output) && output.is_floating_point() && output.requires_grad && output.dim() > 0
                && output.numel() > 0 && AreRowsEqual(output, batch.RowCount))
                yield return new("dead_output", $"'{key}' is the same in all {batch.RowCount} rows of the first batch: what comes in gets lost on the way. " +
                    "Look for activations that are 0 everywhere, such as a ReLU behind weights that start too large, and for a dimension that is averaged away.");
    }

    public static IEnumerable<SanityProblem> OfLosses(BatchDict batch, IEnumerable<CheckedLoss> losses)
    {
        foreach (CheckedLoss loss in losses)
        {
            if (loss.Loss is not (LossCrossEntropy or LossDefault { Link: Activation.Softmax }) || loss.Weight <= 0 || Classes(batch, loss) is not { } classes
                || !batch.TryGet<Tensor>($"losses.{loss.Name}", out Tensor? tensor))
                continue;
            (double value, double guessing) = (tensor.Number() / loss.Weight, Math.Log(classes));
            if (value > (2 * guessing) + 3)
                yield return new("start_loss", string.Create(CultureInfo.InvariantCulture, $"the loss '{loss.Name}' starts at {value:0.##}, and guessing among {classes} classes has {guessing:0.##}. ") +
                    $"'{loss.Prediction}' is of too large a scale: standardize the inputs, start the last layer with smaller weights, and let the network return logits, without a scale or softmax of its own.");
        }
    }

    private static long? Classes(BatchDict batch, CheckedLoss loss) =>
        batch.TryGet<Tensor>(loss.Prediction, out Tensor? prediction) && prediction.is_floating_point() && prediction.dim() > 1 && prediction.shape[1] > 1 ? prediction.shape[1] : null;

    private static long Ignored(LossBase? loss) => loss switch
    {
        LossCrossEntropy known => known.IgnoreIndex,
        LossSegmentationCrossEntropy known => known.IgnoreIndex,
        _ => TensorColumn.MissingTarget,
    };

    private static bool AreRowsEqual(Tensor values, int rows) => rows >= FewestRows && values.shape[0] == rows && values.eq(values.narrow(0, 0, 1)).all().IsTrue();
}
