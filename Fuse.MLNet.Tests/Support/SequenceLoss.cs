namespace Fuse.MLNet.Tests;

/// <summary>Gives a fixed validation loss in each epoch, when an epoch is one training step, and trains nothing.</summary>
internal sealed record SequenceLoss(ValueList<double> Values) : LossBase
{
    protected override LossTerms Compute(BatchDict batch) => batch.Phase == Phase.Train
        ? new LossTerms(batch[BatchKeys.Logits].sum() * 0)
        : new LossTerms(tensor(Values[(int)batch.GlobalStep - 1]));
}
