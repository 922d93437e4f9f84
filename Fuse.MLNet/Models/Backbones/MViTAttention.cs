namespace Fuse.MLNet;

/// <summary>Is attention over pooled grids of tokens, with learned relative positions along each axis, and the queries added to the output.</summary>
internal sealed class MViTAttention : nn.Module
{
    private readonly MViTBlockShape _shape;
    private readonly nn.Module<Tensor, Tensor> _qkv;
    private readonly nn.Module<Tensor, Tensor> _project;
    private readonly MViTPool _poolQ;
    private readonly MViTPool _poolK;
    private readonly MViTPool _poolV;
    [TorchSharp.Utils.ComponentName(Name = "rel_pos_h")]
    private readonly Parameter _height;
    [TorchSharp.Utils.ComponentName(Name = "rel_pos_w")]
    private readonly Parameter _width;
    [TorchSharp.Utils.ComponentName(Name = "rel_pos_t")]
    private readonly Parameter _depth;

    public MViTAttention(MViTBlockShape shape)
        : base(nameof(MViTAttention))
    {
        _shape = shape;
        _qkv = SizedLayer.Linear(shape.Inputs, 3 * shape.Outputs);
        _project = nn.Sequential(SizedLayer.Linear(shape.Outputs, shape.Outputs));
        _poolQ = new MViTPool(shape.HeadSize, shape.QueryStride);
        _poolK = new MViTPool(shape.HeadSize, shape.KeyStride);
        _poolV = new MViTPool(shape.HeadSize, shape.KeyStride);
        register_module("qkv", _qkv);
        register_module("project", _project);
        register_module("pool_q", _poolQ);
        register_module("pool_k", _poolK);
        register_module("pool_v", _poolV);
        long side = (2 * Math.Max(shape.Side / shape.QueryStride, shape.Side / shape.KeyStride)) - 1;
        _height = new Parameter(SizedLayer.Zeros(side, shape.HeadSize));
        _width = new Parameter(SizedLayer.Zeros(side, shape.HeadSize));
        _depth = new Parameter(SizedLayer.Zeros((2 * shape.Depth) - 1, shape.HeadSize));
        register_parameter("rel_pos_h", _height);
        register_parameter("rel_pos_w", _width);
        register_parameter("rel_pos_t", _depth);
    }

    /// <summary>Attends within tokens <c>[N, 1 + D*H*W, C]</c>.</summary>
    public (Tensor Tokens, long[] Size) Run(Tensor input, long[] size)
    {
        using DisposeScope scope = NewDisposeScope();
        (long rows, long tokens) = (input.shape[0], input.shape[1]);
        Tensor[] parts = _qkv.call(input).reshape(rows, tokens, 3, _shape.Heads, _shape.HeadSize).transpose(1, 3).unbind(2);
        Tensor queries = _poolQ.Run(parts[0], size, out long[] querySize);
        Tensor keys = _poolK.Run(parts[1], size, out long[] keySize);
        Tensor values = _poolV.Run(parts[2], size, out _);
        Tensor positions = nn.functional.pad(Positions(queries, querySize, keySize), [1, 0, 1, 0]);
        Tensor weights = ((queries / Math.Sqrt(_shape.HeadSize)).matmul(keys.transpose(2, 3)) + positions).softmax(-1);
        Tensor x = weights.matmul(values) + nn.functional.pad(queries.narrow(2, 1, queries.shape[2] - 1), [0, 0, 1, 0]);
        x = _project.call(x.transpose(1, 2).reshape(rows, -1, _shape.Outputs));
        return (x.MoveToOuterDisposeScope(), querySize);
    }

    protected override void RegisterComponents()
    {
    }

    /// <summary>Computes what the distances along the axes add to the links between grid tokens.</summary>
    private Tensor Positions(Tensor queries, long[] from, long[] to)
    {
        Tensor grid = queries.narrow(2, 1, queries.shape[2] - 1).reshape(queries.shape[0], _shape.Heads, from[0], from[1], from[2], _shape.HeadSize);
        Tensor depth = einsum("bythwc,tkc->bythwk", grid, Distances(_depth, from[0], to[0]));
        Tensor height = einsum("bythwc,hkc->bythwk", grid, Distances(_height, from[1], to[1]));
        Tensor width = einsum("bythwc,wkc->bythwk", grid, Distances(_width, from[2], to[2]));
        Tensor sum = depth.unsqueeze(-1).unsqueeze(-1) + height.unsqueeze(-2).unsqueeze(-1) + width.unsqueeze(-2).unsqueeze(-2);
        return sum.reshape(queries.shape[0], _shape.Heads, from[0] * from[1] * from[2], to[0] * to[1] * to[2]);
    }

    /// <summary>Gets the vectors of one axis by places of query and key: <c>[from, to, C]</c>.</summary>
    private static Tensor Distances(Tensor table, long from, long to)
    {
        long wanted = (2 * Math.Max(from, to)) - 1;
        if (table.shape[0] != wanted)
            table = nn.functional.interpolate(table.transpose(0, 1).unsqueeze(0), [wanted], mode: InterpolationMode.Linear, align_corners: false).squeeze(0).transpose(0, 1);
        double fromScale = Math.Max((double)to / from, 1);
        double toScale = Math.Max((double)from / to, 1);
        long[] places = [.. Enumerable.Range(0, (int)from).SelectMany(i => Enumerable.Range(0, (int)to).Select(j => (long)((i * fromScale) - ((j + 1 - to) * toScale))))];
        return table.index_select(0, tensor(places, device: table.device)).reshape(from, to, -1);
    }
}
