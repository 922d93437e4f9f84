namespace Fuse.MLNet.Tests;

/// <summary>Steps by hand, twice a batch, with two optimizers.</summary>
public sealed class RankModule : LightningModule
{
    private readonly RankNet _network = new();

    public RankModule()
        : base(nameof(RankModule))
    {
        AutomaticOptimization = false;
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        input["model.output"] = _network.call(input["data.input"]);
        return input;
    }

    public override Tensor? TrainingStep(BatchDict batch)
    {
        for (int step = 0; step < 2; step++)
        {
            Tensor loss = Measure(batch);
            Optimizer(step).ZeroGrad();
            ManualBackward(loss);
            Optimizer(step).Step();
            Log("train.losses.loss", loss);
        }

        return null;
    }

    public override void ValidationStep(BatchDict batch) => Log("validation.losses.total_loss", Measure(batch));

    public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() =>
        [new(Optimizers.SGD(0.1)) { Parameters = ["*0.*", "*2.*"] }, new(Optimizers.SGD(0.05)) { Parameters = ["*"] }];

    private Tensor Measure(BatchDict batch) => nn.functional.cross_entropy(call(batch)["model.output"], batch["data.label"]);
}
