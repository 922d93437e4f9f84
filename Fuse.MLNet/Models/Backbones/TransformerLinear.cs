namespace Fuse.MLNet;

/// <summary>Is vit_pytorch's two linear maps with GELU between them, normalized before.</summary>
internal sealed class TransformerLinear : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor> _net;

    public TransformerLinear(BackboneTransformer description)
        : base(nameof(TransformerLinear)) => _net = Part("net", nn.Sequential(
            SizedLayer.LayerNorm(description.TokenDim),
            SizedLayer.Linear(description.TokenDim, description.MlpDim),
            nn.GELU(),
            nn.Dropout(description.Dropout),
            SizedLayer.Linear(description.MlpDim, description.TokenDim),
            nn.Dropout(description.Dropout)));

    protected override Tensor Compute(Tensor input) => _net.call(input);
}
