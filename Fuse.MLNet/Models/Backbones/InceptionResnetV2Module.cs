namespace Fuse.MLNet;

/// <summary>The module of <see cref="BackboneInceptionResnetV2"/>.</summary>
internal sealed class InceptionResnetV2Module : BackboneModule
{
    private readonly List<nn.Module<Tensor, Tensor>> _steps = [];

    public InceptionResnetV2Module(BackboneInceptionResnetV2 description)
        : base(nameof(BackboneInceptionResnetV2))
    {
        int units = description.LogicalUnitsNum;
        Add("conv2d_1a", InceptionConvolution.Valid(description.InputChannelsNum, 32, 2));
        Add("conv2d_2a", InceptionConvolution.Valid(32, 32));
        Add("conv2d_2b", InceptionConvolution.Square(32, 64, 3));
        Add("maxpool_3a", nn.MaxPool2d(3, 2));
        Add("conv2d_3b", InceptionConvolution.Square(64, 80, 1));
        Add("conv2d_4a", InceptionConvolution.Valid(80, 192));
        Add("maxpool_5a", nn.MaxPool2d(3, 2));
        Add("mixed_5b", InceptionBranches.Mixed5b());
        if (units >= 1)
            Add("repeat", Repeat(Math.Min(units, 10), _ => InceptionBranches.Block35()));
        if (units >= 11)
            Add("mixed_6a", InceptionBranches.Mixed6a());
        if (units >= 12)
            Add("repeat_1", Repeat(Math.Min(units - 11, 20), i => InceptionBranches.Block17(units < 32 && i == units - 12 ? description.IntraBlockCutLevel : null)));
        if (units >= 32)
            Add("mixed_7a", InceptionBranches.Mixed7a());
        if (units >= 33)
            Add("repeat_2", Repeat(Math.Min(units - 32, 9), _ => InceptionBranches.Block8(isLast: false)));
        if (units >= 42)
            Add("block8", InceptionBranches.Block8(isLast: true));
        if (units >= 43)
            Add("conv2d_7b", InceptionConvolution.Square(2080, 1536, 1));
    }

    protected override Tensor Compute(Tensor input)
    {
        Tensor x = input;
        foreach (nn.Module<Tensor, Tensor> step in _steps)
            x = step.call(x);
        return x;
    }

    private static nn.Module<Tensor, Tensor> Repeat(int count, Func<int, nn.Module<Tensor, Tensor>> make) =>
        nn.Sequential([.. Enumerable.Range(0, count).Select(make)]);

    private void Add(string name, nn.Module<Tensor, Tensor> step) => _steps.Add(Part(name, step));
}
