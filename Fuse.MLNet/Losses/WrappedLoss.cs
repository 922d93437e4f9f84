using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Is the base of losses that change what another loss counts for.</summary>
public abstract record WrappedLoss : LossBase
{
    private protected WrappedLoss(LossBase loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Loss = loss;
    }

    /// <summary>Gets the loss inside, with its own weight and preprocessing.</summary>
    public LossBase Loss { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Activation Link => Loss.Link;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string? PredictionKey => Loss.PredictionKey;

    internal override bool DependsOnBatch => Loss.DependsOnBatch;

    internal override string? WhyNotRowByRow() => Loss.WhyNotRowByRow();

    internal override string? WhyNotSavable() => base.WhyNotSavable() ?? NestedLoss.WhyNotSavable(Loss);

    /// <inheritdoc/>
    protected internal override nn.Module? BuildModule() => Loss.BuildModule();
}
