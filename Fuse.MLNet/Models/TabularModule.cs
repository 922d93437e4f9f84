namespace Fuse.MLNet;

/// <summary>The module of <see cref="ModelTabular"/>.</summary>
internal sealed class TabularModule : nn.Module<BatchDict, BatchDict>
{
    private readonly ModelTabular _description;
    [TorchSharp.Utils.ComponentName(Name = "numbers")]
    private readonly TabularNumbers? _numbers;
    [TorchSharp.Utils.ComponentName(Name = "embeddings")]
    private readonly NamedModules _embeddings = new();
    [TorchSharp.Utils.ComponentName(Name = "layers")]
    private readonly NamedModules _layers = new();
    [TorchSharp.Utils.ComponentName(Name = "output")]
    private readonly TorchSharp.Modules.Linear _output;
    [TorchSharp.Utils.ComponentName(Name = "units")]
    private readonly LabelUnits? _units;
    private readonly CategoryEmbedding[] _categories;
    private readonly ResidualLayer[] _hidden;

    public TabularModule(ModelTabular description)
        : base(nameof(ModelTabular))
    {
        _description = description;
        if (description.Inputs.Count > 0)
            _numbers = new TabularNumbers(description.MissingIndicators);
        _categories = [.. description.CategoricalInputs.Select((input, index) => _embeddings.Add(FormattableString.Invariant($"{index}"), new CategoryEmbedding(input.Count, input.EmbeddingSize)))];
        long width = (description.InputSize * (description.MissingIndicators ? 2 : 1)) + description.CategoricalInputs.Sum(input => input.Width * input.EmbeddingSize);
        _hidden = new ResidualLayer[description.HiddenSizes.Count];
        foreach ((int index, long next) in description.HiddenSizes.Index())
        {
            _hidden[index] = _layers.Add(FormattableString.Invariant($"{index}"), new ResidualLayer(width, next, description.DropoutRate));
            width = next;
        }
        _output = SizedLayer.Linear(width, description.OutputSize);
        if (description.KeyOutput is not null)
            _units = new LabelUnits(description.LabelMean ?? [0], description.LabelStandardDeviation ?? [1]);
        RegisterComponents();
    }

    public override BatchDict forward(BatchDict input)
    {
        var parts = new List<Tensor>();
        if (_numbers is not null)
            parts.Add(_numbers.call(Numbers(input)));
        foreach ((int index, CategoricalInput category) in _description.CategoricalInputs.Index())
            parts.Add(_categories[index].call(Indices(input, category)));
        Tensor features = parts.Count == 1 ? parts[0] : cat(parts, 1);
        foreach (ResidualLayer layer in _hidden)
            features = layer.call(features);
        Tensor output = _output.call(features);
        input[_description.KeyLogits] = output;
        if (_units is not null)
            input[_description.KeyOutput!] = _units.call(output);
        return input;
    }

    private Tensor Numbers(BatchDict batch)
    {
        Tensor[] parts = [.. _description.Inputs.Select(key => batch[key]).Select(value => value.dim() > 1 ? value.flatten(1) : value.unsqueeze(1))];
        Tensor numbers = parts.Length == 1 ? parts[0] : cat([.. parts.Select(part => part.to(ScalarType.Float32))], 1);
        BatchFeatures.Check(numbers, _description.InputSize, nameof(ModelTabular), batch, _description.Inputs);
        return numbers.is_floating_point() ? numbers : numbers.to(ScalarType.Float32);
    }

    private static Tensor Indices(BatchDict batch, CategoricalInput category)
    {
        Tensor indices = batch[category.Key];
        return indices.is_floating_point() ? throw new InvalidOperationException($"{nameof(ModelTabular)} embeds '{category.Key}', which must hold class indices, not {indices.dtype}") : indices;
    }
}
