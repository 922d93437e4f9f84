namespace Fuse.MLNet.Tests;

/// <summary>Notes every call of the trainer.</summary>
public sealed class HookedModule : LightningModule
{
    [TorchSharp.Utils.ComponentName(Name = "network")]
    private readonly TinyClassifier _network = new();
    private readonly List<string> _calls;

    public HookedModule(string log)
        : base(nameof(HookedModule))
    {
        _calls = CallLog.Of(log);
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        input["model.output"] = _network.call(input["data.input"]);
        return input;
    }

    public override Tensor TrainingStep(BatchDict batch)
    {
        _calls.Add($"{nameof(TrainingStep)} {batch.GlobalStep}");
        return nn.functional.cross_entropy(call(batch)["model.output"], batch["data.label"]);
    }

    public override void ValidationStep(BatchDict batch) => _calls.Add($"{nameof(ValidationStep)} {LogPrefix}");

    public override void TestStep(BatchDict batch) => _calls.Add(nameof(TestStep));

    public override BatchDict PredictStep(BatchDict batch)
    {
        _calls.Add(nameof(PredictStep));
        return base.PredictStep(batch);
    }

    public override IReadOnlyList<OptimizerConfiguration>? ConfigureOptimizers()
    {
        _calls.Add(nameof(ConfigureOptimizers));
        return null;
    }

    public override IReadOnlyList<Callback> ConfigureCallbacks()
    {
        _calls.Add(nameof(ConfigureCallbacks));
        return [new EpochNote(_calls)];
    }

    public override void OnFitStart() => _calls.Add(nameof(OnFitStart));

    public override void OnTrainEpochStart() => _calls.Add(nameof(OnTrainEpochStart));

    public override void OnTrainEpochEnd() => _calls.Add(nameof(OnTrainEpochEnd));

    public override void OnValidationEpochStart() => _calls.Add(nameof(OnValidationEpochStart));

    public override void OnValidationEpochEnd() => _calls.Add(nameof(OnValidationEpochEnd));

    public override void OnTestEpochStart() => _calls.Add(nameof(OnTestEpochStart));

    public override void OnTestEpochEnd() => _calls.Add(nameof(OnTestEpochEnd));

    public override void OnFitEnd() => _calls.Add(nameof(OnFitEnd));

    private sealed class EpochNote(List<string> calls) : Callback
    {
        public override void OnEpochEnd(TrainingContext context) => calls.Add($"callback {context.EpochsDone}");
    }
}
