namespace Fuse.MLNet;

/// <summary>Gives the maps of an EfficientNet at each size, largest first.</summary>
internal sealed class EfficientNetEncoder : nn.Module<Tensor, Tensor[]>, INormalizedLayers
{
    private const double DropConnect = 0.2;
    private readonly nn.Module<Tensor, Tensor> _stem;
    private nn.Module<Tensor, Tensor> _stemNorm;
    private readonly List<EfficientNetBlock> _blocks = [];
    private readonly List<int> _ends = [];
    private readonly (long Before, long Behind) _padding;

    public EfficientNetEncoder(string name, int depth, long channels)
        : base(nameof(EfficientNetEncoder))
    {
        EfficientNetSize size = EfficientNetSize.All[name];
        EfficientNetBlockShape[] shapes = [.. size.Blocks()];
        _padding = EfficientNetSize.Padding(size.Side, 3, 2);
        _stem = SizedLayer.Conv2d(channels, size.StemWidth, 3, 2, bias: false);
        _stemNorm = EfficientNetBlock.Norm(size.StemWidth);
        register_module("_conv_stem", _stem);
        register_module("_bn0", _stemNorm);
        var list = new ModuleGroup();
        register_module("_blocks", list);
        var widths = new List<long> { size.StemWidth };
        for (int i = 0; i < shapes.Length && widths.Count < depth; i++)
        {
            _blocks.Add(list.Part($"{i}", new EfficientNetBlock(shapes[i], DropConnect * i / shapes.Length)));
            if (i + 1 == shapes.Length || size.Ends.Contains(i + 1))
            {
                _ends.Add(i);
                widths.Add(shapes[i].Outputs);
            }
        }
        Widths = [.. widths];
    }

    /// <summary>Gets the channels of each map.</summary>
    public long[] Widths { get; }

    public IEnumerable<NormalizedLayer> NormalizedLayers => [new(_stem, _stemNorm, norm => _stemNorm = norm)];

    public override Tensor[] forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = nn.functional.pad(input, [_padding.Before, _padding.Behind, _padding.Before, _padding.Behind]);
        x = nn.functional.silu(_stemNorm.call(_stem.call(x)));
        var maps = new List<Tensor> { x };
        for (int i = 0; i < _blocks.Count; i++)
        {
            x = _blocks[i].call(x);
            if (_ends.Contains(i))
                maps.Add(x);
        }
        foreach (Tensor map in maps)
            map.MoveToOuterDisposeScope();
        return [.. maps];
    }

    protected override void RegisterComponents()
    {
    }
}
