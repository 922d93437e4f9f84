using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Measures regression by the mean squared error.</summary>
/// <remarks>
/// <c>torch.nn.functional.mse_loss</c>: prediction and target of one shape; a prediction <c>[N, 1]</c> also fits a target <c>[N]</c>. Elements
/// whose target is NaN are left out of sum and count. Shapes that differ are an <see cref="ArgumentException"/>.
/// </remarks>
public sealed record LossMeanSquaredError : LossBase
{
    /// <summary>Gets the batch key of the prediction. Default: <c>model.logits.head_0</c>.</summary>
    public string Pred { get; init; } = BatchKeys.Logits;

    /// <summary>Gets the batch key of the target. Default: <c>data.label</c>.</summary>
    public string Target { get; init; } = BatchKeys.Label;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string PredictionKey => Pred;

    /// <inheritdoc/>
    protected override LossTerms Compute(BatchDict batch) => RegressionTerms.Of(batch, Pred, Target, (pred, target) => (pred - target).square());
}
