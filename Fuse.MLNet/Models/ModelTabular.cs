namespace Fuse.MLNet;

/// <summary>Describes a network over tabular columns: numbers, and embeddings of categories, through layers of which those of equal width are residual.</summary>
/// <remarks>
/// What <c>Trainers.FuseNeuralNetwork</c> trains; numbers should be standardized (<see cref="TensorColumn.Standardize"/>). A missing number, NaN, becomes
/// 0, the column's mean, and a flag beside it says so (<see cref="MissingIndicators"/>). Numbers far from 0 are drawn in smoothly, x / sqrt(1 + (x / 3)^2), so that outliers do not rule;
/// after Holzmueller et al., "Better by default", 2024. A missing category, and one that training never saw, has a row of its own in the embedding, which starts at 0. Each layer is linear, with layer
/// normalization, ReLU and dropout; where it is as wide as the one before, what comes in is added to it. The output is <c>[N, OutputSize]</c> under <see cref="KeyLogits"/>.
/// Gorishniy et al., "Revisiting deep learning models for tabular data", 2021, compares such networks. Parameters are named <c>embeddings.&lt;i&gt;.*</c>,
/// <c>layers.&lt;i&gt;.*</c> and <c>output.*</c>.
/// </remarks>
public sealed record ModelTabular : FuseModel
{
    private const int MostKeys = 10_000_000;

    /// <summary>Gets the keys of numbers <c>[N]</c> or <c>[N, ...]</c>; each row's are joined to one vector. Default: <c>data.input</c>.</summary>
    public ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); } = [BatchKeys.Input];

    /// <summary>Gets the number of values of <see cref="Inputs"/> together. Default: 0, as the data has them.</summary>
    public long InputSize { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets whether each number has a flag beside it that is 1 where it is missing, because that may tell something, too. Default: true.</summary>
    public bool MissingIndicators { get; init; } = true;

    /// <summary>Gets the categories to embed. Default: none.</summary>
    public ValueList<CategoricalInput> CategoricalInputs { get; init => field = value ?? throw new ArgumentNullException(nameof(CategoricalInputs)); } = [];

    /// <summary>Gets the widths of the layers. Default: three of 128.</summary>
    public ValueList<long> HiddenSizes { get; init => field = ModelOption.Sizes(value); } = [128, 128, 128];

    /// <summary>Gets the probability with which values are dropped behind each layer in training. Default: 0.1.</summary>
    public double DropoutRate { get; init => field = ModelOption.Dropout(value); } = 0.1;

    /// <summary>Gets the number of outputs. Default: 0, as many as the label has classes or values.</summary>
    public long OutputSize { get; init => field = ModelOption.NotNegative(value); }

    /// <summary>Gets the key of the output. Default: <c>model.logits.head_0</c>.</summary>
    public string KeyLogits { get; init => field = ModelOption.Key(value); } = BatchKeys.Logits;

    /// <summary>
    /// Gets the key of the output in the units of the label, or null for none: the output times the standard deviation by which the label was standardized, plus its mean. Default: null.
    /// </summary>
    public string? KeyOutput { get; init => field = value is null ? null : ModelOption.Key(value); }

    /// <summary>Gets the key of the label whose units <see cref="KeyOutput"/> has, and which tells <see cref="OutputSize"/>. Default: <c>data.label</c>.</summary>
    public string LabelKey { get; init => field = ModelOption.Key(value); } = BatchKeys.Label;

    /// <summary>Gets the mean of the label, one value or one for each output. Default: null, as the data has it where it was standardized, else 0.</summary>
    public ValueList<float>? LabelMean { get; init; }

    /// <summary>Gets the standard deviation of the label, one value or one for each output. Default: null, as the data has it where it was standardized, else 1.</summary>
    public ValueList<float>? LabelStandardDeviation { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A size is not known: <c>Fit</c> fills it in from the data.</exception>
    public override nn.Module<BatchDict, BatchDict> Build()
    {
        if (Inputs.Count + CategoricalInputs.Count == 0)
            throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelTabular)} needs keys in {nameof(Inputs)} or {nameof(CategoricalInputs)}."));
        if ((Inputs.Count > 0 && InputSize == 0) || OutputSize == 0 || CategoricalInputs.Any(input => input.Count == 0 || input.Width == 0))
            throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelTabular)} takes its sizes from the data, in Fit; to build it by itself, set {nameof(InputSize)}, {nameof(OutputSize)}, " +
                $"and {nameof(CategoricalInput.Count)} and {nameof(CategoricalInput.Width)} of each of {nameof(CategoricalInputs)}."));
        foreach ((string option, ValueList<float>? values) in new[] { (nameof(LabelMean), LabelMean), (nameof(LabelStandardDeviation), LabelStandardDeviation) })
            if (values is not null && values.Count != 1 && values.Count != OutputSize)
                throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelTabular)}.{option} has {values.Count} values; expected 1, or one for each of {OutputSize} outputs."));
        return new TabularModule(this);
    }

    internal override FuseModel Infer(DataShapes data)
    {
        ColumnBinding Column(string key) => data.Columns.FirstOrDefault(column => column.Key == key)
            ?? throw MLNetErrors.Mark(new ArgumentException($"{nameof(ModelTabular)} reads '{key}', and no column has that batch key. {ClosestName.Hint(key, data.Columns.Select(column => column.Key))}"));
        ColumnBinding? label = data.Columns.FirstOrDefault(column => column.Key == LabelKey);
        return this with
        {
            InputSize = InputSize > 0 ? InputSize : Inputs.Sum(key => (long)Column(key).RowElements),
            CategoricalInputs = [.. CategoricalInputs.Select(input => input.Count > 0 && input.Width > 0 ? input : Sized(input, Column(input.Key)))],
            OutputSize = OutputSize > 0 || label is null ? OutputSize : Few(label) > 0 ? label.KeyCount : label.RowElements,
            LabelMean = LabelMean ?? (KeyOutput is null ? null : label?.Column.Mean),
            LabelStandardDeviation = LabelStandardDeviation ?? (KeyOutput is null ? null : label?.Column.StandardDeviation),
        };
    }

    // Hashed keys have as many values as their bits allow, and a layer for them would take all memory there is.
    private static int Few(ColumnBinding column) => column.KeyCount <= MostKeys ? column.KeyCount
        : throw ColumnErrors.Schema($"Column '{column.Column.ColumnName}' is {column.Source.Type}, whose {column.KeyCount} keys are too many to size a layer by. Hashed keys are as many as their bits allow: " +
            $"use mlContext.Transforms.Conversion.MapValueToKey(\"{column.Column.ColumnName}\") or fewer bits, or set {nameof(OutputSize)} or {nameof(CategoricalInput.Count)} if you mean it.");

    private static CategoricalInput Sized(CategoricalInput input, ColumnBinding column) => input with
    {
        Width = input.Width > 0 ? input.Width : column.RowElements,
        Count = input.Count > 0 ? input.Count : Few(column) > 0 ? column.KeyCount
            : throw ColumnErrors.Schema($"Column '{column.Column.ColumnName}' is {column.Source.Type}, which does not tell how many categories it has: " +
                $"make it a key, mlContext.Transforms.Conversion.MapValueToKey(\"{column.Column.ColumnName}\")."),
    };
}
