namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneEfficientUnet"/>.</summary>
internal sealed class EfficientUnetModule : BackboneModule
{
    private readonly BackboneEfficientUnet _description;
    private readonly EfficientNetEncoder _encoder;
    private readonly EfficientUnetBlock[] _decoder;
    private readonly nn.Module<Tensor, Tensor> _classifier;

    public EfficientUnetModule(BackboneEfficientUnet description)
        : base(nameof(BackboneEfficientUnet))
    {
        _description = description;
        _encoder = Part("encoder", new EfficientNetEncoder(description.EncoderName, description.EncoderDepth, description.InChannels));
        ModuleGroup decoder = Part("decoder", new ModuleGroup());
        ModuleGroup blocks = decoder.Part("blocks", new ModuleGroup());
        long[] widths = [.. _encoder.Widths.Reverse()];
        _decoder = [.. Enumerable.Range(0, description.EncoderDepth).Select(i => blocks.Part($"{i}", new EfficientUnetBlock(
            i == 0 ? widths[0] : description.DecoderChannels[i - 1], i + 1 < widths.Length ? widths[i + 1] : 0, description.DecoderChannels[i], description)))];
        WeightInitialization.KaimingFanInUniform(decoder);
        _classifier = Part("classifier", SizedLayer.Conv2d(description.DecoderChannels[^1], description.Classes, 1));
    }

    protected override Tensor Compute(Tensor input)
    {
        long unit = 1L << _description.EncoderDepth;
        if (input.dim() != 4 || input.shape[2] % unit != 0 || input.shape[3] % unit != 0)
            throw new ArgumentException(
                $"{GetName()} takes images [N, C, H, W] whose sides are multiples of {unit}, not [{string.Join(", ", input.shape)}]: pad or resize, or use a smaller {nameof(BackboneEfficientUnet.EncoderDepth)}.");
        Tensor[] maps = [.. _encoder.call(input).Reverse()];
        Tensor x = maps[0];
        for (int i = 0; i < _decoder.Length; i++)
            x = _decoder[i].Join(x, i + 1 < maps.Length ? maps[i + 1] : null);
        return _description.Activation.Apply(_classifier.call(x));
    }
}
