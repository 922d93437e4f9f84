namespace Fuse.MLNet.Tests;

/// <summary>Notes every hook that is called, in a list that all copies share.</summary>
internal sealed class HookRecorder : Callback
{
    public List<string> Calls { get; } = [];

    /// <summary>Gets or sets what to do when a hook is called, with what was noted.</summary>
    public Action<string>? Called { get; init; }

    public override void OnFitStart(TrainingContext context) => Note("fit start");

    public override void OnEpochStart(TrainingContext context) => Note($"epoch start {context.EpochsDone}");

    public override void OnTrainBatchStart(TrainingContext context, BatchDict batch) => Note($"batch start {context.BatchesDone}");

    public override void OnBeforeBackward(TrainingContext context, Tensor loss) => Note("backward");

    public override void OnBeforeOptimizerStep(TrainingContext context) => Note("step");

    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Note($"batch {context.GlobalStep}");

    public override void OnValidationStart(TrainingContext context) => Note("validation start");

    public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => Note("validation batch");

    public override void OnValidationEnd(TrainingContext context) => Note($"validation end {context.History.Epochs.Count}");

    public override void OnValidationInterrupted(TrainingContext context) => Note($"validation interrupted {context.History.Epochs.Count}");

    public override void OnEpochEnd(TrainingContext context) => Note($"epoch end {context.EpochsDone}");

    public override void OnFitEnd(TrainingContext context) => Note($"fit end {context.StopReason}");

    public override void OnException(TrainingContext context, Exception error) => Note($"exception {error.GetType().Name}");

    public override void SaveState(CallbackState state)
    {
        Note("save state");
        state.Values["calls"] = "some";
    }

    public override void LoadState(CallbackState state) => Note($"load state {state.Values["calls"]}");

    private void Note(string call)
    {
        Calls.Add(call);
        Called?.Invoke(call);
    }
}
