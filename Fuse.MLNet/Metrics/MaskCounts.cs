namespace Fuse.MLNet;

/// <summary>Counts the elements of one class in the masks of prediction and target.</summary>
/// <param name="Both">The elements of the class in both.</param>
/// <param name="Predicted">The elements of the class in the prediction.</param>
/// <param name="Target">The elements of the class in the target.</param>
internal readonly record struct MaskCounts(double Both, double Predicted, double Target)
{
    /// <summary>Is how many numbers a class takes in a row.</summary>
    public const int Numbers = 3;

    public static MaskCounts operator +(MaskCounts left, MaskCounts right) =>
        new(left.Both + right.Both, left.Predicted + right.Predicted, left.Target + right.Target);

    /// <summary>Reads the counts of a class from a collected row.</summary>
    public static MaskCounts At(ReadOnlySpan<double> row, int index) => new(row[Numbers * index], row[(Numbers * index) + 1], row[(Numbers * index) + 2]);

    /// <summary>Counts Int64 <c>[N, 3 C]</c> from class indices <c>[N, ...]</c>; elements whose target is -100 count nowhere.</summary>
    public static Tensor Of(Tensor predicted, Tensor target, int classes)
    {
        long rows = predicted.shape[0];
        long cells = (long)classes * classes;
        using Scalar perRow = cells;
        using Scalar perTarget = (long)classes;
        using Scalar nowhere = rows * cells;
        // One count over all cells (row, target, predicted), and one more for what counts nowhere.
        Tensor row = arange(rows, dtype: ScalarType.Int64, device: predicted.device).mul(perRow).reshape([rows, .. Enumerable.Repeat(1L, (int)predicted.dim() - 1)]);
        Tensor cell = (row + target.mul(perTarget) + predicted).masked_fill(target.eq(MetricTable.Missing), nowhere);
        Tensor counts = cell.flatten().bincount(null, (rows * cells) + 1).narrow(0, 0, rows * cells).reshape(rows, classes, classes);
        return stack([counts.diagonal(0, 1, 2), counts.sum(1), counts.sum(2)], 2).reshape(rows, Numbers * (long)classes);
    }
}
