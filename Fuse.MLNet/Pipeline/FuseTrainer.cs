using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Trains a TorchSharp network on the rows of a view; made by <c>mlContext.Fuse().Train</c>.</summary>
/// <remarks>Each <c>Fit</c> starts from fresh weights and keeps no state in the estimator, so one can be fitted many times, as cross-validation does.</remarks>
public sealed partial class FuseTrainer : IEstimator<FuseTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly TrainerPlan _plan;

    internal FuseTrainer(IHostEnvironment environment, TrainerPlan plan)
    {
        _environment = environment;
        _plan = plan;
    }

    /// <summary>Gets what was asked for.</summary>
    internal TrainerPlan Plan => _plan;

    /// <summary>Trains a network on the rows of a view.</summary>
    /// <param name="input">The training rows.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    /// <exception cref="InvalidOperationException">The network or a loss failed, or a loss was not finite from the start.</exception>
    /// <exception cref="OperationCanceledException">The MLContext was cancelled, or that of another process of the run. (A cancelled token returns the model trained so far.)</exception>
    public FuseTransformer Fit(IDataView input) => FitCore(input, null);

    /// <summary>Trains a network, measuring it on other rows after each epoch.</summary>
    /// <param name="trainData">The training rows.</param>
    /// <param name="validationData">The validation rows, with the same columns, already through the steps before this one.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size, or an option also chooses validation rows.</exception>
    public FuseTransformer Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(validationData);
        return FitCore(trainData, validationData);
    }

    /// <summary>Checks the input's columns and promises those that scoring adds.</summary>
    /// <param name="inputSchema">The shape of the input's schema.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or size.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach ((string key, TensorColumn column) in _plan.Columns)
            InputCheck.Column(inputSchema, key, column);
        if (_plan.Options.ValidationColumnName is { } flag)
            InputCheck.Boolean(inputSchema, flag, nameof(TrainingOptions.ValidationColumnName));
        if (_plan.Options.SamplingKeyColumnName is { } sampling)
            InputCheck.Scalar(inputSchema, sampling, nameof(TrainingOptions.SamplingKeyColumnName));
        if (_plan.Options.SampleIdColumnName is { } id)
            InputCheck.Scalar(inputSchema, id, nameof(TrainingOptions.SampleIdColumnName));
        SchemaShape.Column Label(string name) => InputCheck.Find(inputSchema, name, "the label");
        return InputCheck.With(inputSchema, _plan.Settle(Label).Outputs.SelectMany(output => output.Promise(Label)));
    }

    private FuseTransformer FitCore(IDataView trainData, IDataView? validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        if (validationData is not null && (_plan.Options.ValidationFraction > 0 || _plan.Options.ValidationColumnName is not null))
            throw new ArgumentException($"Validation rows were given to Fit; {nameof(TrainingOptions.ValidationFraction)} and {nameof(TrainingOptions.ValidationColumnName)} would choose others: use one way.");
        SchemaShape shape = SchemaShapes.Of(trainData.Schema);
        GetOutputSchema(shape);
        using ChannelLog log = MLNetEnvironment.OpenLog(_environment, nameof(FuseTrainer));
        using var ranks = new RankAgreement(_plan.Options.Strategy.Group);
        return ranks.Run(() => new FitRun(_environment, _plan, _plan.Settle(name => shape.First(column => column.Name == name)), ranks, RankLog.Of(log, ranks)).Fit(trainData, validationData));
    }
}
