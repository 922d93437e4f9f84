namespace Fuse.MLNet;

/// <summary>Is efficientnet_pytorch's block: widen, filter each channel, weigh channels by what all of them hold, narrow, add the input.</summary>
internal sealed class EfficientNetBlock : BackboneModule, INormalizedLayers
{
    private readonly EfficientNetBlockShape _shape;
    private readonly double _dropConnect;
    private readonly nn.Module<Tensor, Tensor>? _expand;
    private nn.Module<Tensor, Tensor>? _expandNorm;
    private readonly nn.Module<Tensor, Tensor> _filter;
    private nn.Module<Tensor, Tensor> _filterNorm;
    private readonly nn.Module<Tensor, Tensor> _squeeze;
    private readonly nn.Module<Tensor, Tensor> _excite;
    private readonly nn.Module<Tensor, Tensor> _project;
    private nn.Module<Tensor, Tensor> _projectNorm;

    /// <param name="shape">Its sizes.</param>
    /// <param name="dropConnect">The probability that a row goes around the block in training.</param>
    public EfficientNetBlock(EfficientNetBlockShape shape, double dropConnect)
        : base(nameof(EfficientNetBlock))
    {
        (_shape, _dropConnect) = (shape, dropConnect);
        long inner = shape.Inputs * shape.Expansion;
        long squeezed = Math.Max(1, shape.Inputs / 4);
        if (shape.Expansion != 1)
        {
            _expand = Part("_expand_conv", SizedLayer.Conv2d(shape.Inputs, inner, 1, bias: false));
            _expandNorm = Part("_bn0", Norm(inner));
        }
        _filter = Part("_depthwise_conv", SizedLayer.Conv2d(inner, inner, shape.Kernel, shape.Stride, groups: inner, bias: false));
        _filterNorm = Part("_bn1", Norm(inner));
        _squeeze = Part("_se_reduce", SizedLayer.Conv2d(inner, squeezed, 1));
        _excite = Part("_se_expand", SizedLayer.Conv2d(squeezed, inner, 1));
        _project = Part("_project_conv", SizedLayer.Conv2d(inner, shape.Outputs, 1, bias: false));
        _projectNorm = Part("_bn2", Norm(shape.Outputs));
    }

    /// <summary>Makes a normalization as the encoder has it: epsilon 0.001, momentum 0.01.</summary>
    public static nn.Module<Tensor, Tensor> Norm(long channels) => SizedLayer.BatchNorm2d(channels, eps: 0.001, momentum: 0.01);

    public IEnumerable<NormalizedLayer> NormalizedLayers =>
    [
        .. _expand is null ? (NormalizedLayer[])[] : [new(_expand, _expandNorm!, norm => _expandNorm = norm)],
        new(_filter, _filterNorm, norm => _filterNorm = norm),
        new(_project, _projectNorm, norm => _projectNorm = norm),
    ];

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = _expand is null ? input : nn.functional.silu(_expandNorm!.call(_expand.call(input)));
        (long before, long behind) = EfficientNetSize.Padding(_shape.Side, _shape.Kernel, _shape.Stride);
        x = nn.functional.pad(x, [before, behind, before, behind]);
        x = nn.functional.silu(_filterNorm.call(_filter.call(x)));
        x = _excite.call(nn.functional.silu(_squeeze.call(x.mean([2, 3], keepdim: true)))).sigmoid() * x;
        x = _projectNorm.call(_project.call(x));
        return _shape.Stride == 1 && _shape.Inputs == _shape.Outputs ? RowDropout.Apply(x, _dropConnect, training) + input : x;
    }
}
