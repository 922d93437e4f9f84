using Fuse.MLNet.Examples.Digits;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.MnistCustom;

/// <summary>Says step by step how LeNet is trained on digits: what <see cref="LightningModuleDefault"/> does by itself, written out.</summary>
public sealed class DigitsModule : LightningModule
{
    // Without a name TorchSharp would register the network under the field's name.
    [TorchSharp.Utils.ComponentName(Name = "network")]
    private readonly LeNet _network = new();
    private readonly double _lr;

    /// <summary>Builds the network.</summary>
    /// <param name="lr">The learning rate.</param>
    public DigitsModule(double lr)
        : base(nameof(DigitsModule))
    {
        _lr = lr;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override BatchDict forward(BatchDict input)
    {
        input["model.logits.digit"] = _network.call(input["data.image"]);
        input["model.output.digit"] = nn.functional.softmax(input["model.logits.digit"], 1);
        return input;
    }

    /// <inheritdoc/>
    public override Tensor TrainingStep(BatchDict batch) => Step(batch);

    /// <inheritdoc/>
    public override void ValidationStep(BatchDict batch) => Step(batch);

    /// <inheritdoc/>
    public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() => [Optimizers.Adam(_lr)];

    private Tensor Step(BatchDict batch)
    {
        BatchDict result = call(batch);
        Tensor label = result["data.label"];
        Tensor loss = nn.functional.cross_entropy(result["model.logits.digit"], label);
        Log($"{LogPrefix}.losses.cls_loss", loss);
        Log($"{LogPrefix}.metrics.accuracy", result["model.output.digit"].argmax(1).eq(label).to(ScalarType.Float32).mean());
        return loss;
    }
}
