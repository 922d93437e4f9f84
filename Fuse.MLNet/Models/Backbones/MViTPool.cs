namespace Fuse.MLNet;

/// <summary>Filters each channel of a grid of tokens, shrinks it, and normalizes; the class token goes around the filter.</summary>
internal sealed class MViTPool : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> _pool;
    private readonly nn.Module<Tensor, Tensor> _norm;

    public MViTPool(long channels, long stride)
        : base(nameof(MViTPool))
    {
        _pool = SizedLayer.Conv3d(channels, channels, (3, 3, 3), (1, stride, stride), (1, 1, 1), groups: channels, bias: false);
        _norm = nn.Sequential(MViTBlock.Norm(channels));
        register_module("pool", _pool);
        register_module("norm_act", _norm);
    }

    /// <summary>Runs over tokens <c>[N, heads, 1 + D*H*W, C]</c>, and gives the grid's new size.</summary>
    public Tensor Run(Tensor input, long[] size, out long[] smaller) => _norm.call(OnGrid(input, size, _pool.call, out smaller));

    /// <summary>Changes the tokens behind the first as a grid <c>[N * heads, C, D, H, W]</c>.</summary>
    public static Tensor OnGrid(Tensor input, long[] size, Func<Tensor, Tensor> change, out long[] smaller)
    {
        (long rows, long heads, long tokens, long channels) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3]);
        Tensor grid = input.narrow(2, 1, tokens - 1).transpose(2, 3).reshape([rows * heads, channels, .. size]);
        Tensor changed = change(grid);
        smaller = changed.shape[2..];
        return cat([input.narrow(2, 0, 1), changed.reshape(rows, heads, channels, -1).transpose(2, 3)], 2);
    }

    protected override void RegisterComponents()
    {
    }
}
