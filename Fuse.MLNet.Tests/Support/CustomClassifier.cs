namespace Fuse.MLNet.Tests;

/// <summary>Is a module of the user's own around a network, which does what the ready-made one does.</summary>
public sealed class CustomClassifier : LightningModule
{
    [TorchSharp.Utils.ComponentName(Name = "network")]
    private readonly DropoutClassifier _network = new();
    private readonly double _lr;

    public CustomClassifier(double lr)
        : base(nameof(CustomClassifier))
    {
        _lr = lr;
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        input["model.output"] = _network.call(input["data.input"]);
        return input;
    }

    public override Tensor TrainingStep(BatchDict batch) => Step(batch);

    public override void ValidationStep(BatchDict batch) => Step(batch);

    public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() => [Optimizers.Adam(_lr)];

    private Tensor Step(BatchDict batch)
    {
        Tensor loss = nn.functional.cross_entropy(call(batch)["model.output"], batch["data.label"]);
        Log($"{LogPrefix}.losses.loss", loss);
        return loss;
    }
}
