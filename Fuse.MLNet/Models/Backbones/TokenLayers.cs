namespace Fuse.MLNet;

/// <summary>Is x_transformers' stack of layers, over the tokens themselves or over others.</summary>
internal sealed class TokenLayers : nn.Module
{
    private const long Widening = 4;
    private readonly List<(nn.Module<Tensor, Tensor> Norm, TokenAttention Attention, nn.Module<Tensor, Tensor> LinearNorm, nn.Module<Tensor, Tensor> Linear)> _layers = [];
    private readonly nn.Module<Tensor, Tensor> _norm;

    public TokenLayers(TokenLayersShape shape)
        : base(nameof(TokenLayers))
    {
        var list = new ModuleGroup();
        register_module("layers", list);
        for (int i = 0; i < shape.Depth; i++)
        {
            ModuleGroup attention = list.Part($"{2 * i}", new ModuleGroup());
            ModuleGroup linear = list.Part($"{(2 * i) + 1}", new ModuleGroup());
            _layers.Add((Norm(attention, shape.Dim), attention.Part("1", new TokenAttention(shape)), Norm(linear, shape.Dim), Linear(linear, shape)));
        }
        _norm = SizedLayer.LayerNorm(shape.Dim);
        register_module("final_norm", _norm);
    }

    /// <summary>Runs the layers over tokens <c>[N, T, D]</c>.</summary>
    /// <param name="input">The tokens.</param>
    /// <param name="shown">Which of them are not padding; null for all.</param>
    /// <param name="context">The tokens attended to; null for the input itself.</param>
    /// <param name="contextShown">Which of those are not padding; null for all.</param>
    public Tensor Attend(Tensor input, Tensor? shown, Tensor? context = null, Tensor? contextShown = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input;
        foreach ((nn.Module<Tensor, Tensor> norm, TokenAttention attention, nn.Module<Tensor, Tensor> linearNorm, nn.Module<Tensor, Tensor> linear) in _layers)
        {
            Tensor normal = norm.call(x);
            Tensor attended = attention.Attend(normal, context ?? normal, context is null ? shown : contextShown);
            x = (shown is null ? attended : attended * shown.unsqueeze(-1)) + x;
            x = linear.call(linearNorm.call(x)) + x;
        }
        return _norm.call(x).MoveToOuterDisposeScope();
    }

    protected override void RegisterComponents()
    {
    }

    private static nn.Module<Tensor, Tensor> Norm(ModuleGroup layer, long dim) => layer.Part("0", new ModuleGroup()).Part("0", SizedLayer.LayerNorm(dim));

    private static nn.Module<Tensor, Tensor> Linear(ModuleGroup layer, TokenLayersShape shape) => layer.Part("1", new ModuleGroup()).Part("ff", nn.Sequential(
        nn.Sequential(SizedLayer.Linear(shape.Dim, shape.Dim * Widening), nn.GELU()),
        nn.Identity(),
        nn.Dropout(shape.Dropout),
        SizedLayer.Linear(shape.Dim * Widening, shape.Dim)));
}
