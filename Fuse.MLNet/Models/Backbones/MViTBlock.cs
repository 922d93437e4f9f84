namespace Fuse.MLNet;

/// <summary>Is a block of a multiscale vision transformer: attention that may shrink the grid of tokens, and two linear maps.</summary>
internal sealed class MViTBlock : nn.Module
{
    private readonly MViTBlockShape _shape;
    private readonly double _dropProbability;
    private readonly nn.Module<Tensor, Tensor> _norm1;
    private readonly nn.Module<Tensor, Tensor> _norm2;
    private readonly MViTAttention _attention;
    private readonly nn.Module<Tensor, Tensor> _mlp;
    private readonly nn.Module<Tensor, Tensor>? _project;

    public MViTBlock(MViTBlockShape shape, double dropProbability)
        : base(nameof(MViTBlock))
    {
        (_shape, _dropProbability) = (shape, dropProbability);
        _norm1 = Norm(shape.Inputs);
        _norm2 = Norm(shape.Outputs);
        _attention = new MViTAttention(shape);
        _mlp = nn.Sequential(SizedLayer.Linear(shape.Outputs, 4 * shape.Outputs), nn.GELU(), nn.Identity(), SizedLayer.Linear(4 * shape.Outputs, shape.Outputs));
        register_module("norm1", _norm1);
        register_module("norm2", _norm2);
        register_module("attn", _attention);
        register_module("mlp", _mlp);
        if (shape.Inputs == shape.Outputs)
            return;
        _project = SizedLayer.Linear(shape.Inputs, shape.Outputs);
        register_module("project", _project);
    }

    /// <summary>Makes a normalization of the epsilon 0.000001.</summary>
    public static nn.Module<Tensor, Tensor> Norm(long size) => SizedLayer.LayerNorm(size, eps: 1e-6);

    /// <summary>Runs the block over tokens <c>[N, 1 + D*H*W, C]</c> of a grid, and gives them with the grid they have then.</summary>
    public (Tensor Tokens, long[] Size) Run(Tensor input, long[] size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = _norm1.call(input);
        (Tensor attended, long[] smaller) = _attention.Run(normal, size);
        Tensor x = _project is null ? input : _project.call(normal);
        if (_shape.QueryStride > 1)
            x = MViTPool.OnGrid(x.unsqueeze(1), size, grid => nn.functional.max_pool3d(grid, [1, 3, 3], [1, 2, 2], [0, 1, 1]), out _).squeeze(1);
        x = x + RowDropout.Apply(attended, _dropProbability, training);
        x = x + RowDropout.Apply(_mlp.call(_norm2.call(x)), _dropProbability, training);
        return (x.MoveToOuterDisposeScope(), smaller);
    }

    protected override void RegisterComponents()
    {
    }
}
