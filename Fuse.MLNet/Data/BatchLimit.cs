using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Says how many batches of a pass over the rows are used: a number, <c>BatchLimit.Of(10)</c> or just <c>10</c>, or a fraction, <c>BatchLimit.Fraction(0.1)</c>.</summary>
/// <remarks>Lightning's <c>limit_train_batches</c>, where 1 is one batch and 1.0 all of them; here a fraction is always called one.</remarks>
public sealed record BatchLimit
{
    // A product like 0.29 x 100 may come out a little below the whole number that it stands for.
    private const double Rounding = 1e-9;
    private readonly int? _batches;
    private readonly double _fraction;

    private BatchLimit(int? batches, double fraction)
    {
        _batches = batches;
        _fraction = fraction;
    }

    /// <summary>Uses a number of batches, or all when there are fewer.</summary>
    /// <param name="batches">The number, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public static implicit operator BatchLimit(int batches) => Of(batches);

    /// <summary>Uses a number of batches, or all when there are fewer.</summary>
    /// <param name="batches">The number, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public static BatchLimit Of(int batches) => batches > 0 ? new(batches, 1)
        : throw new ArgumentOutOfRangeException(nameof(batches), batches, "The number of batches must be at least 1.");

    /// <summary>Uses a fraction of the batches, rounded down, and at least one.</summary>
    /// <param name="fraction">The fraction, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public static BatchLimit Fraction(double fraction) => fraction is > 0 and <= 1 ? new(null, fraction)
        : throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction of the batches must be above 0 and at most 1.");

    /// <summary>Writes the number, or the fraction.</summary>
    public override string ToString() => _batches is { } count ? $"{count} batches" : string.Create(CultureInfo.InvariantCulture, $"{_fraction} of the batches");

    /// <summary>Gets whether it is a fraction, which needs the number of rows.</summary>
    internal bool IsFraction => _batches is null;

    /// <summary>Gets the number of batches, when it is one.</summary>
    internal int? Batches => _batches;

    /// <summary>Gets the number of rows in the batches used.</summary>
    /// <param name="rows">The number of rows of the whole pass.</param>
    /// <param name="batchSize">The number of rows in a batch.</param>
    /// <param name="joinsLoneRow">Whether a last batch of one row joins the one before it.</param>
    internal long Rows(long rows, int batchSize, bool joinsLoneRow)
    {
        long batches = (rows + batchSize - 1) / batchSize;
        if (joinsLoneRow && batches > 1 && rows % batchSize == 1 && batchSize > 1)
            batches--;
        long kept = _batches ?? (long)Math.Max(1, Math.Floor((batches * _fraction) + Rounding));
        return kept < batches ? kept * batchSize : rows;
    }
}
