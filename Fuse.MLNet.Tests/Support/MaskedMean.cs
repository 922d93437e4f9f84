namespace Fuse.MLNet.Tests;

/// <summary>Scales the mean of the values that a mask shows, 0 for a row without any.</summary>
public sealed class MaskedMean : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter _scale = nn.Parameter(ones(1));

    public MaskedMean()
        : base(nameof(MaskedMean)) => RegisterComponents();

    public override Tensor forward(Tensor values, Tensor mask)
    {
        Tensor shown = mask.to(ScalarType.Float32);
        return (values.to(ScalarType.Float32) * shown).sum(1, keepdim: true) / shown.sum(1, keepdim: true).clamp_min(1) * _scale;
    }
}
