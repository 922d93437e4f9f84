using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Is the base of the losses that compare one prediction with one target.</summary>
public abstract record TargetLoss : LossBase
{
    private protected TargetLoss()
    {
    }

    /// <summary>Gets the batch key of the prediction. Default: <c>model.logits.head_0</c>.</summary>
    public string Pred { get; init; } = BatchKeys.Logits;

    /// <summary>Gets the batch key of the target. Default: <c>data.label</c>.</summary>
    public string Target { get; init; } = BatchKeys.Label;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PredictionKey => Pred;
}
