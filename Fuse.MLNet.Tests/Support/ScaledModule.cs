namespace Fuse.MLNet.Tests;

/// <summary>Is derived from the ready-made module: it scales what is scored, and logs something of its own.</summary>
public sealed class ScaledModule : LightningModuleDefault
{
    private readonly float _scale;

    public ScaledModule(LightningModuleDefaultArguments arguments, float scale)
        : base(arguments)
    {
        _scale = scale;
        RegisterComponents();
    }

    public override BatchDict PredictStep(BatchDict batch)
    {
        BatchDict result = base.PredictStep(batch);
        result["model.output"] = result["model.output"] * _scale;
        return result;
    }

    public override void OnTrainEpochEnd() => Log("train.scale", _scale);
}
