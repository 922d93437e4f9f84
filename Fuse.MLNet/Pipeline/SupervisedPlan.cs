using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Is the plan of the simple form: one network, one input, one label, one loss; the label's type decides what is not said.</summary>
internal sealed record SupervisedPlan : TrainerPlan
{
    private const string LossName = "loss";
    private readonly string _label;
    private readonly LossBase? _loss;
    private readonly FuseModel _model;

    private SupervisedPlan(Network network, TensorColumn input, string label, LossBase? loss, FuseTrainer.TrainingOptions options)
        : base([new(BatchKeys.Input, input), new(BatchKeys.Label, new TensorColumn(label))], options)
    {
        _model = new ModelWrapSeqToDict { Model = network, Inputs = [BatchKeys.Input], Outputs = [BatchKeys.Logits] };
        _label = label;
        _loss = loss;
    }

    /// <summary>Checks the arguments and copies the options.</summary>
    public static SupervisedPlan Create(Network network, TensorColumn input, string labelColumnName, LossBase? loss, FuseTrainer.TrainingOptions? options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        options ??= new FuseTrainer.TrainingOptions();
        options.Validate();
        return new SupervisedPlan(network, input, labelColumnName, loss, (FuseTrainer.TrainingOptions)options.Clone());
    }

    protected override bool TakesMissingValues => false;

    public override Settled Settle(Func<string, SchemaShape.Column> find)
    {
        SchemaShape.Column label = find(_label);
        LossBase loss = _loss ?? Infer(label);
        OutputTask task = TaskOf(label, loss);
        var output = new OutputColumn(BatchKeys.Logits, task is OutputTask.Raw or OutputTask.Regression ? null : _label)
        {
            Activation = loss.Link,
            Kind = task == OutputTask.Regression ? OutputKind.Scalar : OutputKind.Vector,
        };
        return new Settled(new ModulePlan(new LightningModuleDefaultArguments { Model = _model, Losses = [new(LossName, loss)] }, null),
            [new OutputPlan(Options.ScoreColumnName, output, task, Options.ProbabilityColumnName, Options.PredictedLabelColumnName)]);
    }

    /// <summary>Gets what is predicted: the label's type tells, and the loss where the label is a number.</summary>
    private static OutputTask TaskOf(SchemaShape.Column label, LossBase loss)
    {
        bool isScalar = label.Kind == SchemaShape.Column.VectorKind.Scalar;
        // A softmax link belongs to classes, so the label must name them; elsewhere a key label does.
        if (label.IsKey || loss.Link == Activation.Softmax)
            return LabelCheck.TaskOf(label.IsKey ? label : LabelCheck.Key(label));
        if (loss is LossBinaryCrossEntropy || (loss.Link == Activation.Sigmoid && label.ItemType is BooleanDataViewType))
            return isScalar ? OutputTask.BinaryClassification : OutputTask.MultiLabelClassification;
        return isScalar ? OutputTask.Regression
            : loss is LossMeanSquaredError or LossMeanAbsoluteError or LossHuber or LossSmoothL1 ? OutputTask.MultiOutputRegression : OutputTask.Raw;
    }

    private static LossBase Infer(SchemaShape.Column label) => label.IsKey ? Loss.CrossEntropy()
        : label.ItemType == NumberDataViewType.Single ? Loss.MeanSquaredError()
        : label.ItemType is BooleanDataViewType ? Loss.BinaryCrossEntropy()
        : throw ColumnErrors.Schema($"No loss was given, and none follows from the label column '{label.Name}' of type {label.ItemType}. " +
            $"Make the label a key (MapValueToKey) for cross-entropy, a Boolean for the binary cross-entropy or a Single (ConvertType) for the mean squared error, or give a loss.");
}
