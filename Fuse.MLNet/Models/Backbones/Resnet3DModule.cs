namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneResnet3D"/>.</summary>
internal sealed class Resnet3DModule : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor> _stem;
    private readonly nn.Module<Tensor, Tensor>[] _layers;
    private readonly GlobalPooling? _pool;

    public Resnet3DModule(BackboneResnet3D description)
        : base(nameof(BackboneResnet3D))
    {
        long width = description.FirstChannelDim;
        long[] kernel = description.StemKernelSize.ToArray();
        _pool = description.Pool;
        _stem = Part("stem", nn.Sequential(
            Layers.Convolution(description.InChannels, width, kernel, description.StemStride.ToArray(), [.. kernel.Select(size => size / 2)], bias: false),
            SizedLayer.BatchNorm3d(width),
            nn.ReLU()));
        _layers = new nn.Module<Tensor, Tensor>[description.Layers.Count];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            long outputs = description.FirstChannelDim << layer;
            var blocks = new List<nn.Module<Tensor, Tensor>>();
            for (int block = 0; block < description.Layers[layer]; block++)
            {
                long stride = block > 0 ? 1 : layer == 0 ? description.FirstStride : 2;
                blocks.Add(new Resnet3DBlock(width, outputs, stride));
                width = outputs;
            }
            _layers[layer] = Part($"layer{layer + 1}", nn.Sequential(blocks));
        }
        WeightInitialization.KaimingFanOut(this);
    }

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = _stem.call(input);
        foreach (nn.Module<Tensor, Tensor> layer in _layers)
            x = layer.call(x);
        return Layers.Pool(x, _pool);
    }
}
