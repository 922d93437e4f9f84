namespace Fuse.MLNet.Tests;

/// <summary>A loss module with a parameter: the squared error times a trained factor.</summary>
internal sealed class ScaledError : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Parameter _scale = nn.Parameter(ones([]));
    private readonly bool _isReduced;

    public ScaledError(bool isReduced = true)
        : base(nameof(ScaledError))
    {
        _isReduced = isReduced;
        register_parameter("scale", _scale);
    }

    public override Tensor forward(Tensor input, Tensor target)
    {
        Tensor values = (input - target).square() * _scale;
        return _isReduced ? values.mean() : values;
    }
}
