namespace Fuse.MLNet;

/// <summary>The module of U-Nets over images and volumes.</summary>
internal sealed class UnetModule : BackboneModule
{
    private readonly nn.Module<Tensor, Tensor>[] _down;
    private readonly (nn.Module<Tensor, Tensor> Up, nn.Module<Tensor, Tensor> Steps)[] _up = [];
    private readonly nn.Module<Tensor, Tensor>? _classes;
    private readonly int _dimensions;

    public UnetModule(UnetBackbone description)
        : base(description.GetType().Name)
    {
        _dimensions = description.Dimensions;
        ActivationLayer activation = description.ActivationLayer;
        long Width(int level) => description.FirstChannelDim << level;
        nn.Module<Tensor, Tensor> Steps(long inputs, long middle, long outputs) =>
            nn.Sequential(new UnetStep(_dimensions, inputs, middle, activation), new UnetStep(_dimensions, middle, outputs, activation));

        _down = [.. Enumerable.Range(0, description.Levels).Select(level =>
            Group($"down_tr{64 << level}").Part("ops", Steps(level == 0 ? description.InChannels : Width(level - 1), Width(level) / 2, Width(level))))];
        if (!description.ForClassification)
            _up = [.. Enumerable.Range(0, description.Levels - 1).Reverse().Select(level =>
            {
                ModuleGroup group = Group($"up_tr{64 << level}");
                return (group.Part("up_conv", Layers.UpConvolution(_dimensions, Width(level + 1), Width(level + 1))),
                    group.Part("ops", Steps(Width(level + 1) + Width(level), Width(level), Width(level))));
            })];
        if (description.NumClasses is { } classes)
            _classes = Group("out_tr").Part("final_conv", Layers.Convolution(_dimensions, Width(description.ForClassification ? description.Levels - 1 : 0), classes, 1));
    }

    protected override Tensor Compute(Tensor input)
    {
        CheckSides(input);
        var levels = new List<Tensor>();
        Tensor x = input;
        foreach (nn.Module<Tensor, Tensor> level in _down)
        {
            x = level.call(levels.Count == 0 ? x : Layers.Halve(x));
            levels.Add(x);
        }
        for (int i = 0; i < _up.Length; i++)
            x = _up[i].Steps.call(cat([_up[i].Up.call(x), levels[_up.Length - 1 - i]], 1));
        return _classes is null ? x : _classes.call(x);
    }

    private void CheckSides(Tensor input)
    {
        long unit = 1L << (_down.Length - 1);
        if (input.dim() != _dimensions + 2)
            throw new ArgumentException($"{GetName()} takes {(_dimensions == 2 ? "images [N, C, H, W]" : "volumes [N, C, D, H, W]")}, not [{string.Join(", ", input.shape)}].");
        if (input.shape[2..].Any(side => side % unit != 0))
            throw new ArgumentException(
                $"{GetName()} of {_down.Length} levels takes sides that are multiples of {unit}, not [{string.Join(", ", input.shape)}]: pad or resize, or use fewer levels.");
    }

    private ModuleGroup Group(string name) => Part(name, new ModuleGroup());
}
