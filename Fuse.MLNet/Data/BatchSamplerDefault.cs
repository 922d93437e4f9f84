using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Fills training batches so that classes come in wanted proportions, however rare they are.</summary>
/// <remarks>
/// FuseMedML's <c>BatchSamplerDefault</c>. The classes are those of a key, Boolean or whole-number column <c>[N]</c>; rows whose class is missing are
/// never drawn. Each class is dealt out like a deck of cards: all of its rows in random order before any comes again, in exact mode also across epochs.
/// The batches are a function of (seed, epoch). They all have BatchSize rows; validation and scoring are not affected.
/// </remarks>
public sealed record BatchSamplerDefault
{
    private const double Tolerance = 1e-6;

    /// <summary>Gets the batch key of the classes. Default: <c>data.label</c>.</summary>
    public string BalancedClassKey
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrEmpty(value);
            field = value;
        }
    } = BatchKeys.Label;

    /// <summary>Gets how the classes are kept in proportion. Default: <see cref="BatchSamplerMode.Exact"/>.</summary>
    public BatchSamplerMode Mode { get; init; }

    /// <summary>
    /// Gets the share of each class, by class index from 0: in exact mode the rows of it in a batch, whole numbers that sum to BatchSize; in
    /// approximate mode its probability, summing to 1. A class of share 0 is left out. Default: null, equal shares for the classes that have rows.
    /// </summary>
    public ValueList<double>? BalancedClassWeights { get; init; }

    /// <summary>Gets the number of batches of an epoch. Default: null, by <see cref="Resampling"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int? NumBatches
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(NumBatches)} must be at least 1, or null.");
    }

    /// <summary>
    /// Gets how long an epoch is when <see cref="NumBatches"/> is null: with n rows and w rows a batch, ceil(n / w) batches of the class where that is
    /// most, or least. Default: <see cref="ClassResampling.OverSample"/>.
    /// </summary>
    public ClassResampling Resampling { get; init; }

    /// <summary>Checks what does not depend on the rows.</summary>
    /// <exception cref="ArgumentException">Options contradict each other, or the weights do not sum up.</exception>
    internal void Validate(int batchSize)
    {
        if (NumBatches is not null && Resampling != ClassResampling.OverSample)
            throw Wrong($"{nameof(NumBatches)} and {nameof(Resampling)} both give the length of an epoch: set one of them");
        if (BalancedClassWeights is not { } weights)
            return;
        if (weights.Any(weight => !(weight >= 0) || !double.IsFinite(weight)))
            throw Wrong($"{nameof(BalancedClassWeights)} {weights} must be finite and 0 or more");
        double sum = weights.Sum();
        if (Mode == BatchSamplerMode.Exact && (weights.Any(weight => weight != Math.Floor(weight)) || sum != batchSize))
            throw Wrong($"{nameof(BalancedClassWeights)} {weights} sum to {Text(sum)}; in exact mode they are whole numbers of rows that sum to BatchSize, {batchSize}");
        if (Mode == BatchSamplerMode.Approximate && Math.Abs(sum - 1) > Tolerance)
            throw Wrong($"{nameof(BalancedClassWeights)} {weights} sum to {Text(sum)}; in approximate mode they are probabilities that sum to 1");
    }

    /// <summary>Makes the order of the epochs from the classes of the training rows.</summary>
    /// <exception cref="InvalidOperationException">The classes do not fit the options.</exception>
    internal RowOrder Order(StagedSplit rows, StagedColumn column, int batchSize, long seed)
    {
        ClassShare[] shares = ClassShares.Of(this, rows, column, batchSize);
        double[] batches = [.. shares.Select(share => Math.Ceiling((share.Rows.Length / share.PerBatch(Mode, batchSize)) - Tolerance))];
        double count = NumBatches ?? Math.Max(1, Resampling == ClassResampling.OverSample ? batches.Max() : batches.Min());
        return count * batchSize <= Array.MaxLength ? new BalancedOrder(rows.Training.Count, shares, Mode, (int)count, batchSize, seed)
            : throw MLNetErrors.Mark(new InvalidOperationException(
                $"{nameof(BatchSamplerDefault)}: an epoch of {Text(count)} batches of {batchSize} rows is too long; set {nameof(NumBatches)}, or give rare classes larger weights."));
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static ArgumentException Wrong(string what) => new($"{nameof(BatchSamplerDefault)}: {what}.");
}
