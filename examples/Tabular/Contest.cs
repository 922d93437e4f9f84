using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Cross-validates either trainer on a table of one task.</summary>
internal abstract class Contest
{
    /// <summary>Makes the contest of a table.</summary>
    public static Contest Of(MLContext ml, Table table) => table.Task switch
    {
        TableTask.Binary => new BinaryContest(ml, table),
        TableTask.Multiclass => new MulticlassContest(ml, table),
        _ => new RegressionContest(ml, table),
    };

    /// <summary>Trains a fold's worth of models and measures each on the rest.</summary>
    public abstract IEnumerable<Fold> Run(bool isNetwork, int folds, int seed);

    private static IEnumerable<Fold> Measured<TMetrics>(IEnumerable<TrainCatalogBase.CrossValidationResult<TMetrics>> results, string[] measures, Func<TMetrics, double[]> read)
        where TMetrics : class
    {
        foreach (TrainCatalogBase.CrossValidationResult<TMetrics> result in results)
        {
            (result.Model as IDisposable)?.Dispose();
            yield return new(measures, read(result.Metrics));
        }
    }

    private sealed class BinaryContest(MLContext ml, Table table) : Contest
    {
        public override IEnumerable<Fold> Run(bool isNetwork, int folds, int seed)
        {
            IDataView rows = ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.Boolean).Fit(table.Rows).Transform(table.Rows);
            IEstimator<ITransformer> trainer = isNetwork ? ml.BinaryClassification.Trainers.FuseNeuralNetwork() : ml.BinaryClassification.Trainers.LightGbm();
            return Measured(ml.BinaryClassification.CrossValidate(rows, trainer, folds, seed: seed), ["accuracy", "AUC"], metrics => [metrics.Accuracy, metrics.AreaUnderRocCurve]);
        }
    }

    private sealed class MulticlassContest(MLContext ml, Table table) : Contest
    {
        public override IEnumerable<Fold> Run(bool isNetwork, int folds, int seed)
        {
            // Keys of all rows mean the same in every fold.
            IDataView rows = ml.Transforms.Conversion.MapValueToKey("Label").Fit(table.Rows).Transform(table.Rows);
            IEstimator<ITransformer> trainer = isNetwork ? ml.MulticlassClassification.Trainers.FuseNeuralNetwork() : ml.MulticlassClassification.Trainers.LightGbm();
            return Measured(ml.MulticlassClassification.CrossValidate(rows, trainer, folds, seed: seed), ["accuracy"], metrics => [metrics.MicroAccuracy]);
        }
    }

    private sealed class RegressionContest(MLContext ml, Table table) : Contest
    {
        public override IEnumerable<Fold> Run(bool isNetwork, int folds, int seed) =>
            Measured(ml.Regression.CrossValidate(table.Rows, isNetwork ? Network() : Trees(), folds, seed: seed), ["R2"], metrics => [metrics.RSquared]);

        private IEstimator<ITransformer> Network() => !table.HasCategory ? ml.Regression.Trainers.FuseNeuralNetwork()
            : ml.Transforms.Conversion.MapValueToKey("Category").Append(ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { CategoricalColumnNames = { "Category" } }));

        private IEstimator<ITransformer> Trees() => !table.HasCategory ? ml.Regression.Trainers.LightGbm()
            : ml.Transforms.Categorical.OneHotEncoding("Category").Append(ml.Transforms.Concatenate("Features", "Features", "Category")).Append(ml.Regression.Trainers.LightGbm());
    }
}
