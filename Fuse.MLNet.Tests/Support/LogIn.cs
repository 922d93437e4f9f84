namespace Fuse.MLNet.Tests;

/// <summary>Logs a value in some epochs.</summary>
internal sealed class LogIn(string name, params int[] epochs) : Callback
{
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        if (epochs.Contains(context.EpochsDone))
            context.Log(name, context.EpochsDone + 0.5);
    }
}
