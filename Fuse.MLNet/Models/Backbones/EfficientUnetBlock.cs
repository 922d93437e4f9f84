namespace Fuse.MLNet;

/// <summary>Is one block of the decoder: double the size, join the encoder's map, two convolutions.</summary>
internal sealed class EfficientUnetBlock : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor> _first;
    private readonly nn.Module<Tensor, Tensor> _second;
    private readonly nn.Module<Tensor, Tensor>? _before;
    private readonly nn.Module<Tensor, Tensor>? _behind;

    public EfficientUnetBlock(long inputs, long joined, long outputs, BackboneEfficientUnet description)
        : base(nameof(EfficientUnetBlock))
    {
        bool isNormal = description.DecoderUseBatchNorm;
        _first = Part("conv1", Step(inputs + joined, outputs, isNormal));
        _second = Part("conv2", Step(outputs, outputs, isNormal));
        if (!description.DecoderAttention)
            return;
        // Where nothing is joined the original has the first weighing too, but never uses it.
        if (joined > 0)
            _before = Part("attention1", new ModuleGroup()).Part("attention", new SqueezeExcitation(inputs + joined));
        _behind = Part("attention2", new ModuleGroup()).Part("attention", new SqueezeExcitation(outputs));
    }

    /// <summary>Computes the block's output.</summary>
    public Tensor Join(Tensor input, Tensor? joined)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input.repeat_interleave(2, 2).repeat_interleave(2, 3);
        if (joined is not null)
            x = cat([x, joined], 1);
        return call(x).MoveToOuterDisposeScope();
    }

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = _second.call(_first.call(_before?.call(input) ?? input));
        return _behind?.call(x) ?? x;
    }

    private static nn.Module<Tensor, Tensor> Step(long inputs, long outputs, bool isNormal) => nn.Sequential(
        SizedLayer.Conv2d(inputs, outputs, 3, padding: 1, bias: !isNormal), isNormal ? SizedLayer.BatchNorm2d(outputs) : nn.Identity(), nn.ReLU());
}
