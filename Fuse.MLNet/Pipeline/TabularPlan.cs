using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Is the plan of a network for tabular columns: a label of the catalog's kind, standardized numbers, and embedded keys.</summary>
internal sealed record TabularPlan : TrainerPlan
{
    private const string LossName = "loss";
    private const string Output = "model.output.head_0";
    private readonly FuseTrainer.NeuralNetworkOptions _options;
    private readonly OutputTask _task;
    private readonly string[] _numbers;

    private TabularPlan(OutputTask task, FuseTrainer.NeuralNetworkOptions options, string[] numbers)
        : base([.. NumberColumns(numbers), .. options.CategoricalColumnNames.Select((name, index) => KeyValuePair.Create(Category(index), new TensorColumn(name))),
            new(BatchKeys.Label, new TensorColumn(options.LabelColumnName) { Standardize = task == OutputTask.Regression })], options)
    {
        _options = options;
        _task = task;
        _numbers = numbers;
    }

    /// <summary>Checks and copies the options.</summary>
    /// <param name="task">What the catalog's trainers predict: Regression, BinaryClassification or MulticlassClassification.</param>
    /// <param name="options">The options.</param>
    public static TabularPlan Create(OutputTask task, FuseTrainer.NeuralNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var copy = (FuseTrainer.NeuralNetworkOptions)options.Clone();
        // The model takes NaN for a missing value.
        if (!copy.Callbacks.Any(callback => callback is SanityCheck))
            copy.Callbacks.Add(new SanityCheck { Skip = ["finite_inputs"] });
        return new TabularPlan(task, copy, [.. copy.FeatureColumnName is { } features ? [features] : Array.Empty<string>(), .. copy.NumericColumnNames]);
    }

    protected override bool TakesMissingValues => true;

    public override Settled Settle(Func<string, SchemaShape.Column> find)
    {
        SchemaShape.Column label = find(_options.LabelColumnName);
        CheckLabel(label);
        foreach (SchemaShape.Column column in _numbers.Select(find).Where(column => column.IsKey))
            throw ColumnErrors.Schema($"Column '{column.Name}' is a key, whose numbers say nothing of size: name it in {nameof(_options.CategoricalColumnNames)}, or make it numbers with MapKeyToVector.");
        foreach (SchemaShape.Column column in _options.CategoricalColumnNames.Select(find).Where(column => !column.IsKey))
            throw ColumnErrors.Schema($"Column '{column.Name}' is {column.Kind} of {column.ItemType}; {nameof(_options.CategoricalColumnNames)} takes keys. " +
                $"Put it before this step: mlContext.Transforms.Conversion.MapValueToKey(\"{column.Name}\").");
        bool isRegression = _task == OutputTask.Regression;
        bool isVector = label.Kind != SchemaShape.Column.VectorKind.Scalar;
        LossBase loss = isRegression ? Loss.MeanSquaredError() : _task == OutputTask.BinaryClassification ? Loss.BinaryCrossEntropy() : Loss.CrossEntropy();
        var model = new ModelTabular
        {
            Inputs = [.. NumberColumns(_numbers).Select(column => column.Key)],
            CategoricalInputs = [.. _options.CategoricalColumnNames.Select((_, index) => new CategoricalInput(Category(index)))],
            MissingIndicators = _options.MissingIndicators,
            HiddenSizes = _options.HiddenSizes,
            DropoutRate = _options.DropoutRate,
            KeyOutput = isRegression ? Output : null,
        };
        var output = new OutputColumn(isRegression ? Output : BatchKeys.Logits, isRegression && !isVector ? null : _options.LabelColumnName)
        {
            Activation = loss.Link,
            Kind = isRegression && !isVector ? OutputKind.Scalar : OutputKind.Vector,
        };
        OutputTask task = isVector ? OutputTask.MultiOutputRegression : _task;
        return new Settled(new ModulePlan(new LightningModuleDefaultArguments { Model = model, Losses = [new(LossName, loss)] }, null),
            [new OutputPlan(Options.ScoreColumnName, output, task, Options.ProbabilityColumnName, Options.PredictedLabelColumnName)]);
    }

    private void CheckLabel(SchemaShape.Column label)
    {
        bool isScalar = label.Kind == SchemaShape.Column.VectorKind.Scalar;
        if (_task == OutputTask.MulticlassClassification)
            LabelCheck.Key(label);
        else if (_task == OutputTask.BinaryClassification && (label.IsKey || !isScalar || label.ItemType is not BooleanDataViewType))
            throw WrongLabel(label, "a binary classifier needs a Boolean", "Boolean");
        else if (_task == OutputTask.Regression && (label.IsKey || label.ItemType != NumberDataViewType.Single || label.Kind == SchemaShape.Column.VectorKind.VariableVector))
            throw WrongLabel(label, "a regression needs a Single, or a vector of them of known size", "Single");
    }

    private static ArgumentException WrongLabel(SchemaShape.Column label, string expected, string kind) => ColumnErrors.Schema(
        $"The label column '{label.Name}' is {label.Kind} of {(label.IsKey ? "a key" : label.ItemType)}; {expected}. " +
        $"Put it before this step: mlContext.Transforms.Conversion.ConvertType(\"{label.Name}\", outputKind: DataKind.{kind}).");

    // The first is data.input, as in other trainers of one input.
    private static IEnumerable<KeyValuePair<string, TensorColumn>> NumberColumns(string[] names) => names.Select((name, index) => KeyValuePair.Create(
        index == 0 ? BatchKeys.Input : FormattableString.Invariant($"data.numbers_{index}"), new TensorColumn(name) { DType = ScalarType.Float32, Standardize = true }));

    private static string Category(int index) => FormattableString.Invariant($"data.category_{index}");
}
