namespace Fuse.MLNet.Tests;

/// <summary>Is a classifier whose weight and bias have optimizers of their own.</summary>
public sealed class TwoRates : LightningModule
{
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

    public TwoRates()
        : base(nameof(TwoRates)) => RegisterComponents();

    public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() =>
    [
        new(Optimizers.SGD(0.5), Schedules.Exponential(0.5)) { Parameters = ["*weight"] },
        new(Optimizers.SGD(0.125)),
    ];

    public override BatchDict forward(BatchDict input)
    {
        input[BatchKeys.Logits] = _linear.call(input[BatchKeys.Input]);
        return input;
    }

    public override Tensor TrainingStep(BatchDict batch)
    {
        Tensor loss = nn.functional.cross_entropy(call(batch)[BatchKeys.Logits], batch[BatchKeys.Label]);
        Log("train.losses.own", loss);
        return loss;
    }
}
