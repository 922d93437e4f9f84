namespace Fuse.MLNet;

/// <summary>Joins the channels of branches over one input; a residual block maps them back, scales them and adds the input.</summary>
internal sealed class InceptionBranches : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor>[] _branches;
    private nn.Module<Tensor, Tensor>? _back;
    private double _scale;
    private bool _isActivated;

    private InceptionBranches(params nn.Module<Tensor, Tensor>[] branches)
        : base(nameof(InceptionBranches)) => _branches = [.. branches.Select((branch, i) => Part($"branch{i}", branch))];

    /// <summary>Makes the first mix: 192 to 320 channels.</summary>
    public static InceptionBranches Mixed5b() => new(
        InceptionConvolution.Square(192, 96, 1),
        nn.Sequential(InceptionConvolution.Square(192, 48, 1), InceptionConvolution.Square(48, 64, 5)),
        nn.Sequential(InceptionConvolution.Square(192, 64, 1), InceptionConvolution.Square(64, 96, 3), InceptionConvolution.Square(96, 96, 3)),
        nn.Sequential(nn.AvgPool2d(3, 1, 1, count_include_pad: false), InceptionConvolution.Square(192, 64, 1)));

    /// <summary>Makes a small residual block over 320 channels.</summary>
    public static InceptionBranches Block35() => new InceptionBranches(
        InceptionConvolution.Square(320, 32, 1),
        nn.Sequential(InceptionConvolution.Square(320, 32, 1), InceptionConvolution.Square(32, 32, 3)),
        nn.Sequential(InceptionConvolution.Square(320, 32, 1), InceptionConvolution.Square(32, 48, 3), InceptionConvolution.Square(48, 64, 3)))
        .Residual(128, 320, 0.17);

    /// <summary>Makes the first reduction: 320 to 1088 channels of half the size.</summary>
    public static InceptionBranches Mixed6a() => new(
        InceptionConvolution.Valid(320, 384, 2),
        nn.Sequential(InceptionConvolution.Square(320, 256, 1), InceptionConvolution.Square(256, 256, 3), InceptionConvolution.Valid(256, 384, 2)),
        nn.MaxPool2d(3, 2));

    /// <summary>Makes a middle residual block over 1088 channels.</summary>
    /// <param name="cutLevel">384 ends it before its last convolution, 1088 before its activation, null nowhere.</param>
    public static InceptionBranches Block17(int? cutLevel)
    {
        var block = new InceptionBranches(
            InceptionConvolution.Square(1088, 192, 1),
            nn.Sequential(InceptionConvolution.Square(1088, 128, 1), new InceptionConvolution(128, 160, 1, 7), new InceptionConvolution(160, 192, 7, 1)));
        return cutLevel == 384 ? block : block.Residual(384, 1088, 0.10, isActivated: cutLevel is null);
    }

    /// <summary>Makes the second reduction: 1088 to 2080 channels of half the size.</summary>
    public static InceptionBranches Mixed7a() => new(
        nn.Sequential(InceptionConvolution.Square(1088, 256, 1), InceptionConvolution.Valid(256, 384, 2)),
        nn.Sequential(InceptionConvolution.Square(1088, 256, 1), InceptionConvolution.Valid(256, 288, 2)),
        nn.Sequential(InceptionConvolution.Square(1088, 256, 1), InceptionConvolution.Square(256, 288, 3), InceptionConvolution.Valid(288, 320, 2)),
        nn.MaxPool2d(3, 2));

    /// <summary>Makes a large residual block over 2080 channels. The very last has no activation, and the original builds it without its scale.</summary>
    public static InceptionBranches Block8(bool isLast) => new InceptionBranches(
        InceptionConvolution.Square(2080, 192, 1),
        nn.Sequential(InceptionConvolution.Square(2080, 192, 1), new InceptionConvolution(192, 224, 1, 3), new InceptionConvolution(224, 256, 3, 1)))
        .Residual(448, 2080, isLast ? 1 : 0.20, isActivated: !isLast);

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = cat([.. _branches.Select(branch => branch.call(input))], 1);
        if (_back is null)
            return x;
        x = (_back.call(x) * _scale) + input;
        return _isActivated ? nn.functional.relu(x) : x;
    }

    private InceptionBranches Residual(long inputs, long outputs, double scale, bool isActivated = true)
    {
        _back = Part("conv2d", SizedLayer.Conv2d(inputs, outputs, 1));
        (_scale, _isActivated) = (scale, isActivated);
        return this;
    }
}
