namespace Fuse.MLNet;

/// <summary>Takes a loss that the model computed from the batch.</summary>
/// <remarks>FuseMedML's <c>LossExtractFromBatchDict</c>. The value is a scalar, or one loss a row or element <c>[N, ...]</c>, which is then averaged.</remarks>
public sealed record LossExtractFromBatchDict : LossBase
{
    /// <summary>Describes the loss.</summary>
    /// <param name="key">The batch key of the value.</param>
    public LossExtractFromBatchDict(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
    }

    /// <summary>Gets the batch key of the value.</summary>
    public string Key { get; }

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(batch[Key]);
    }
}
