namespace Fuse.MLNet.Tests;

/// <summary>Notes every hook that is called, in a list that all copies share.</summary>
internal sealed class HookRecorder : Callback
{
    public List<string> Calls { get; } = [];

    public override void OnFitStart(TrainingContext context) => Calls.Add("fit start");

    public override void OnEpochStart(TrainingContext context) => Calls.Add($"epoch start {context.EpochsDone}");

    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Calls.Add($"batch {context.GlobalStep}");

    public override void OnEpochEnd(TrainingContext context) => Calls.Add($"epoch end {context.EpochsDone}");

    public override void OnFitEnd(TrainingContext context) => Calls.Add($"fit end {context.StopReason}");
}
