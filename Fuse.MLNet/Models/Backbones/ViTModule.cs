namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneViT"/>.</summary>
internal sealed class ViTModule : BackboneModule
{
    private readonly BackboneViT _description;
    private readonly nn.Module<Tensor, Tensor> _projection;
    private readonly nn.Module<Tensor, Tensor> _transformer;

    public ViTModule(BackboneViT description)
        : base(nameof(BackboneViT))
    {
        _description = description;
        long[] patch = description.PatchShape.ToArray();
        _projection = Part("projection_layer", new ModuleGroup())
            .Part("proj_layer", Layers.Convolution(description.Channels, description.TokenDim, patch, patch, new long[patch.Length]));
        _transformer = Part("transformer", new TransformerModule(new BackboneTransformer
        {
            NumTokens = description.ImageShape.Zip(patch).Aggregate(1L, (product, side) => product * (side.First / side.Second)),
            TokenDim = description.TokenDim,
            Depth = description.Depth,
            Heads = description.Heads,
            MlpDim = description.MlpDim,
            DimHead = description.DimHead,
            Dropout = description.Dropout,
            EmbDropout = description.EmbDropout,
            NumClsTokens = description.NumClsTokens,
        }));
    }

    protected override Tensor Compute(Tensor input)
    {
        long[] expected = [_description.Channels, .. _description.ImageShape];
        if (input.dim() != expected.Length + 1 || !input.shape.AsSpan(1).SequenceEqual(expected))
            throw new ArgumentException($"{GetName()} takes images [N, {string.Join(", ", expected)}], not [{string.Join(", ", input.shape)}].");
        Tensor x = _transformer.call(_projection.call(input).flatten(2).transpose(1, 2));
        return _description.Pool switch
        {
            TokenPooling.Cls => x.select(1, 0),
            TokenPooling.Mean => x.mean([1]),
            _ => x,
        };
    }
}
