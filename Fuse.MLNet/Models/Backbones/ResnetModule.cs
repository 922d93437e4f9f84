namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneResnet"/>.</summary>
internal sealed class ResnetModule : BackboneModule, INormalizedLayers
{
    /// <summary>Holds whether a size has bottlenecks, and its blocks in each layer.</summary>
    public static readonly IReadOnlyDictionary<string, (bool IsBottleneck, int[] Blocks)> Sizes = new Dictionary<string, (bool, int[])>(StringComparer.Ordinal)
    {
        ["resnet18"] = (false, [2, 2, 2, 2]),
        ["resnet34"] = (false, [3, 4, 6, 3]),
        ["resnet50"] = (true, [3, 4, 6, 3]),
    };

    private readonly nn.Module<Tensor, Tensor> _convolution;
    private nn.Module<Tensor, Tensor> _norm;
    private readonly nn.Module<Tensor, Tensor>[] _layers;
    private readonly GlobalPooling? _pool;

    public ResnetModule(BackboneResnet description)
        : base(nameof(BackboneResnet))
    {
        (bool isBottleneck, int[] blocks) = Sizes[description.Name];
        _pool = description.Pool;
        _convolution = Part("conv1", SizedLayer.Conv2d(description.InChannels, 64, 7, stride: 2, padding: 3, bias: false));
        _norm = Part("bn1", SizedLayer.BatchNorm2d(64));
        _layers = new nn.Module<Tensor, Tensor>[blocks.Length];
        long width = 64;
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            var parts = new List<nn.Module<Tensor, Tensor>>();
            for (int block = 0; block < blocks[layer]; block++)
            {
                var made = new ResnetBlock(width, 64L << layer, layer > 0 && block == 0 ? 2 : 1, isBottleneck);
                parts.Add(made);
                width = made.Outputs;
            }
            _layers[layer] = Part($"layer{layer + 1}", nn.Sequential(parts));
        }
        WeightInitialization.KaimingFanOut(this);
    }

    public IEnumerable<NormalizedLayer> NormalizedLayers => [new(_convolution, _norm, norm => _norm = norm)];

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = nn.functional.relu(_norm.call(_convolution.call(input)));
        x = nn.functional.max_pool2d(x, 3, 2, 1);
        foreach (nn.Module<Tensor, Tensor> layer in _layers)
            x = layer.call(x);
        return Layers.Pool(x, _pool);
    }
}
