using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Measures a trained model on rows that have what its losses and metrics need.</summary>
internal static class TestRun
{
    /// <summary>Runs the test steps.</summary>
    /// <param name="environment">The environment, whose cancelling ends the work.</param>
    /// <param name="model">The network.</param>
    /// <param name="view">The rows, through the steps before the network.</param>
    /// <param name="plan">The columns, losses and metrics.</param>
    public static EvaluationResult Run(IHostEnvironment environment, FuseTransformer model, IDataView view, TrainerPlan plan)
    {
        Action checkAlive = MLNetEnvironment.LifeCheck(environment, nameof(FuseCatalog));
        if (plan.Columns.FirstOrDefault(column => column.Value.Standardize && !model.Columns.ContainsKey(column.Key)) is { Key: { } unknown })
            throw MLNetErrors.Mark(new InvalidOperationException($"The column of '{unknown}' was standardized by the training rows, and the model file does not hold by what: evaluate the model that Fit returned, or give Mean and StandardDeviation."));
        // As fitted: the measured means and deviations of standardized columns are the model's.
        ColumnBinding[] bindings = ColumnBinding.BindAll(view.Schema, plan.Columns.Select(column => KeyValuePair.Create(column.Key, model.Columns.GetValueOrDefault(column.Key, column.Value))));
        // One pass is all that is needed.
        var source = new StreamedBatchSource(new RowSource(view, bindings, SampleId: plan.SampleId(view.Schema)), RowPart.Training, RowShare.All(model.BatchSize), model.Device)
        {
            CheckAlive = checkAlive,
            WhenEmpty = () => throw MLNetErrors.Mark(new InvalidOperationException("There is no row to evaluate the model on.")),
        };
        SchemaShape shape = SchemaShapes.Of(view.Schema);
        using IDisposable run = RandomState.BeginRun();
        using LightningModule module = Build(model, plan.Settle(name => InputCheck.Find(shape, name, "the label")).Module);
        return Measure(module, source, model.Seed, checkAlive);
    }

    private static LightningModule Build(FuseTransformer model, ModulePlan plan)
    {
        using Lock.Scope drawing = RandomState.Hold(model.Seed);
        LightningModule module = model.Copy(plan);
        module.MoveTo(model.Device);
        module.eval();
        return module;
    }

    private static EvaluationResult Measure(LightningModule module, IBatchSource source, long seed, Action checkAlive)
    {
        using var noGrad = no_grad();
        using IBatchReader reader = source.Open(shuffledEpoch: null);
        string prefix = Phase.Test.LogPrefix();
        module.Logged.Begin(prefix, 0);
        module.OnTestEpochStart();
        long count = 0;
        var ids = new List<string>();
        for (int index = 0; ; index++)
        {
            do
                checkAlive();
            while (!reader.Wait(isNeeded: false));
            using var scope = NewDisposeScope();
            if (reader.Next() is not { } batch)
                break;
            batch.Phase = Phase.Test;
            module.Logged.Begin(prefix, batch.RowCount);
            count += batch.RowCount;
            if (batch.TryGet<string[]>(BatchKeys.SampleId, out string[]? own))
                ids.AddRange(own!);
            BatchErrors.Guard(() => $"The test step failed on batch {index}", batch, () =>
            {
                using Lock.Scope drawing = RandomState.Hold(TrainingSeeds.ForValidation(seed, 0, index));
                module.TestStep(batch);
                return true;
            });
        }
        module.OnTestEpochEnd();
        IReadOnlyDictionary<string, MetricCollector> metrics = module.Logged.Metrics;
        return new EvaluationResult(module.Logged.Take(), count, metrics, ids);
    }
}
