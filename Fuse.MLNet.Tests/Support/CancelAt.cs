namespace Fuse.MLNet.Tests;

/// <summary>Cancels a run after an optimizer step, or after an epoch.</summary>
internal sealed class CancelAt(Action cancel, long step = -1, int epochs = -1) : Callback
{
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        if (context.GlobalStep == step)
            cancel();
    }

    public override void OnEpochEnd(TrainingContext context)
    {
        if (context.EpochsDone == epochs)
            cancel();
    }
}
