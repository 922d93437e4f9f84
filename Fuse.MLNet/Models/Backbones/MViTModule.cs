namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneMViT"/>.</summary>
internal sealed class MViTModule : BackboneModule
{
    private const int Blocks = 16;
    private const long Width = 96;
    private const double StochasticDepth = 0.2;
    private readonly BackboneMViT _description;
    private readonly nn.Module<Tensor, Tensor> _projection;
    private readonly MViTClassToken _classToken;
    private readonly List<MViTBlock> _blocks = [];
    private readonly nn.Module<Tensor, Tensor> _norm;

    public MViTModule(BackboneMViT description)
        : base(nameof(BackboneMViT))
    {
        _description = description;
        _projection = Part("conv_proj", Layers.Convolution(description.InChannels, Width, [3, 7, 7], [2, 4, 4], [1, 3, 3]));
        _classToken = Part("pos_encoding", new MViTClassToken(Width));
        ModuleGroup list = Part("blocks", new ModuleGroup());
        (long depth, long side) = (description.InputDim[0] / 2, Math.Max(description.InputDim[1], description.InputDim[2]) / 4);
        int halvings = 0;
        for (int i = 0; i < Blocks; i++)
        {
            // Three blocks halve height and width, and double channels and heads.
            bool halves = i is 1 or 3 or 14;
            long inputs = Width << halvings;
            halvings += halves ? 1 : 0;
            var shape = new MViTBlockShape(inputs, Width << halvings, 1L << halvings, halves ? 2 : 1, 8L >> halvings, depth, side);
            _blocks.Add(list.Part($"{i}", new MViTBlock(shape, StochasticDepth * i / (Blocks - 1))));
            side /= shape.QueryStride;
        }
        _norm = Part("norm", MViTBlock.Norm(Width << halvings));
        WeightInitialization.TruncatedNormal(this);
    }

    protected override Tensor Compute(Tensor input)
    {
        long[] expected = [_description.InChannels, .. _description.InputDim];
        if (input.dim() != 5 || !input.shape.AsSpan(1).SequenceEqual(expected))
            throw new ArgumentException($"{GetName()} takes [N, {string.Join(", ", expected)}], not [{string.Join(", ", input.shape)}].");
        Tensor x = _projection.call(input);
        long[] size = x.shape[2..];
        x = _classToken.call(x.flatten(2).transpose(1, 2));
        foreach (MViTBlock block in _blocks)
            (x, size) = block.Run(x, size);
        return _norm.call(x).select(1, 0);
    }
}
