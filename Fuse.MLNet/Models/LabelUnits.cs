namespace Fuse.MLNet;

/// <summary>Turns standardized predictions into the label's units: times its standard deviation, plus its mean. <c>[N, K]</c> to <c>[N, K]</c>.</summary>
internal sealed class LabelUnits : nn.Module<Tensor, Tensor>
{
    [TorchSharp.Utils.ComponentName(Name = "mean")]
    private readonly Tensor _mean;
    [TorchSharp.Utils.ComponentName(Name = "deviation")]
    private readonly Tensor _deviation;

    public LabelUnits(ValueList<float> mean, ValueList<float> deviation)
        : base(nameof(LabelUnits))
    {
        (_mean, _deviation) = (tensor(mean.ToArray()), tensor(deviation.ToArray()));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => (input * _deviation) + _mean;
}
