namespace Fuse.MLNet;

/// <summary>The ready-made supervised wrapper: runs a model, computes its named losses and metrics and logs them.</summary>
/// <remarks>
/// FuseMedML's <c>LightningModuleDefault</c>. Each step adds <c>losses.&lt;name&gt;</c> and <c>losses.total_loss</c>, the sum of the
/// weighted losses, to the batch, and logs <c>train|validation|test.losses.&lt;name&gt;</c>, weighted by rows, and <c>.metrics.&lt;name&gt;</c>. Derive
/// from it to change a step or a hook: <c>Options.Module = LightningModule.Of&lt;MyModule&gt;()</c> beside Model and Losses.
/// </remarks>
public class LightningModuleDefault : LightningModule
{
    private const string ModelName = "model";
    private const string LossesName = "losses";
    private const string ValidationLossesName = "validation_losses";
    [TorchSharp.Utils.ComponentName(Name = ModelName)]
    private readonly nn.Module<BatchDict, BatchDict> _model;
    [TorchSharp.Utils.ComponentName(Name = LossesName)]
    private readonly LossModuleDict _losses;
    [TorchSharp.Utils.ComponentName(Name = ValidationLossesName)]
    private readonly LossModuleDict _validationLosses;
    private readonly LightningModuleDefaultArguments _arguments;

    /// <summary>Builds the model and the losses from their descriptions.</summary>
    /// <param name="arguments">The model, the losses and the metrics.</param>
    public LightningModuleDefault(LightningModuleDefaultArguments arguments)
        : base(nameof(LightningModuleDefault))
    {
        ArgumentNullException.ThrowIfNull(arguments);
        _arguments = arguments;
        using (ParameterBudget.Resume())
            _model = arguments.Model.Build();
        _losses = new LossModuleDict(arguments.Losses);
        _validationLosses = new LossModuleDict(arguments.ValidationLosses);
        RegisterComponents();
    }

    /// <summary>Gets the model.</summary>
    public nn.Module<BatchDict, BatchDict> Model => _model;

    /// <inheritdoc/>
    public override BatchDict forward(BatchDict input) => _model.call(input);

    /// <inheritdoc/>
    public override Tensor? TrainingStep(BatchDict batch) => Step(batch, _losses, _arguments.TrainMetrics)
        ?? throw new InvalidOperationException("There is no loss to train with: add one to Losses.");

    /// <inheritdoc/>
    public override void ValidationStep(BatchDict batch) => Step(batch, MeasuredLosses, _arguments.ValidationMetrics);

    /// <inheritdoc/>
    public override void TestStep(BatchDict batch) =>
        Step(batch, MeasuredLosses, _arguments.TestMetrics.Count > 0 ? _arguments.TestMetrics : _arguments.ValidationMetrics);

    // A class derived from this one may score by more than the model; no one scores by losses.
    internal override IReadOnlyDictionary<string, Tensor> ScoringState() => GetType() == typeof(LightningModuleDefault) ? _model.state_dict()
        : state_dict().Where(pair => !pair.Key.StartsWith($"{LossesName}.", StringComparison.Ordinal) && !pair.Key.StartsWith($"{ValidationLossesName}.", StringComparison.Ordinal)).ToDictionary();

    internal override IReadOnlyDictionary<string, Tensor> NetworkState() =>
        GetType() == typeof(LightningModuleDefault) && _model is WrapSeqToDictModule wrap ? wrap.Network.state_dict() : ScoringState();

    // As the network's own class names them: the wrappers around it are no business of a user's patterns.
    internal override string UserName(string parameter)
    {
        for (int wrappers = _model is WrapSeqToDictModule ? 2 : 1; wrappers > 0 && parameter.StartsWith($"{ModelName}.", StringComparison.Ordinal); wrappers--)
            parameter = parameter[(ModelName.Length + 1)..];
        return parameter;
    }

    /// <summary>Gets the descriptions of the training losses.</summary>
    internal IReadOnlyList<KeyValuePair<string, LossBase>> TrainingLosses => _arguments.Losses;

    /// <summary>Tells whether a parameter belongs to a loss that only validation computes.</summary>
    internal static bool IsOfValidation(string parameter) => parameter.StartsWith($"{ValidationLossesName}.", StringComparison.Ordinal);

    private LossModuleDict MeasuredLosses => _validationLosses.Losses.Count > 0 ? _validationLosses : _losses;

    private Tensor? Step(BatchDict batch, LossModuleDict losses, IReadOnlyList<KeyValuePair<string, MetricBase>> metrics)
    {
        BatchDict result = call(batch);
        Tensor? total = StepLosses(losses, result);
        StepMetrics(metrics, result);
        return total;
    }
}
