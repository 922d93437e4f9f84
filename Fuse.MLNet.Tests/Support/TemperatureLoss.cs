namespace Fuse.MLNet.Tests;

/// <summary>Is cross-entropy of logits over a temperature that is learned with the network.</summary>
internal sealed record TemperatureLoss : LossBase
{
    public override string PredictionKey => BatchKeys.Logits;

    protected internal override nn.Module BuildModule() => nn.Linear(1, 1, hasBias: false);

    protected internal override LossTerms Compute(BatchDict batch, nn.Module? module) =>
        new(nn.functional.cross_entropy(batch[BatchKeys.Logits] * module!.parameters().Single().exp().reshape([]), batch[BatchKeys.Label], reduction: nn.Reduction.None));
}
