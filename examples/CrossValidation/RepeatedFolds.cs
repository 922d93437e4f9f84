using System.Globalization;
using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Fuse.MLNet.Examples.CrossValidation;

/// <summary>Is FuseMedML's cross-validation: the same folds with several seeds, and the mean of the folds' predictions on held-out rows.</summary>
internal static class RepeatedFolds
{
    private const int TrainDigits = 2000;
    private const int TestDigits = 500;

    /// <summary>Trains repetitions x folds models and prints how each does, then how they do together.</summary>
    public static void Run(int folds, int repetitions, int epochs, int seed, string? models)
    {
        DigitData digits = DigitData.Generated(seed, TrainDigits, TestDigits);
        var context = new MLContext(seed);
        IDataView train = context.Data.LoadFromEnumerable(digits.Train);
        // The keys are made of all rows, so that they mean the same in every fold.
        ITransformer keys = context.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(train);
        IDataView keyed = keys.Transform(train);
        IDataView test = keys.Transform(context.Data.LoadFromEnumerable(digits.Test));
        var all = new List<FuseTransformer>();
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            // Another seed trains other weights; the folds stay the same.
            var ml = new MLContext(seed: repetition);
            var results = ml.MulticlassClassification.CrossValidate(keyed, Trainer(ml, epochs), numberOfFolds: folds, seed: seed);
            double[] accuracies = [.. results.Select(fold => fold.Metrics.MicroAccuracy)];
            ExampleProgram.Print($"repetition {repetition}: accuracy {accuracies.Average():0.0000} +- {Deviation(accuracies):0.0000} over folds ({string.Join(", ", accuracies.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)))})");
            using FuseTransformer ensemble = ml.Fuse().Ensemble(results.Select(fold => fold.Model));
            ExampleProgram.Print($"repetition {repetition}: ensemble of its folds on test digits {Accuracy(ml, ensemble, test):0.0000}");
            all.AddRange(results.Select(fold => (FuseTransformer)fold.Model));
            foreach (var fold in results)
                if (models is not null)
                    Save(ml, fold.Model, keyed.Schema, Path.Combine(models, $"rep_{repetition}", $"fold_{fold.Fold}.zip"));
        }
        ExampleProgram.Print($"models alone: {all.Average(model => Accuracy(context, model, test)):0.0000}");
        using FuseTransformer together = context.Fuse().Ensemble(all);
        using FuseTransformer voting = context.Fuse().Ensemble(all, EnsembleVote.Majority);
        ExampleProgram.Print($"ensemble accuracy by majority: {Accuracy(context, voting, test):0.0000}");
        ExampleProgram.Print($"ensemble accuracy: {Accuracy(context, together, test):0.0000}");
        if (models is not null)
            Save(context, together, keyed.Schema, Path.Combine(models, "ensemble.zip"));
        all.ForEach(model => model.Dispose());
    }

    private static FuseTrainer Trainer(MLContext ml, int epochs) => ml.Fuse().Train(
        network: Network.Of<DigitPerceptron>(64),
        input: new TensorColumn("Pixels") { Mean = [0.1307f], StandardDeviation = [0.3081f] },
        loss: Loss.CrossEntropy(),
        options: new()
        {
            MaxEpochs = epochs,
            BatchSize = 64,
            ValidationFraction = 0.1,
            Sampler = new BatchSamplerDefault { Mode = BatchSamplerMode.Approximate },
            Callbacks = { new EarlyStopping(new("validation.losses.total_loss"), patience: 3) },
        });

    private static double Accuracy(MLContext ml, ITransformer model, IDataView rows) => ml.MulticlassClassification.Evaluate(model.Transform(rows)).MicroAccuracy;

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    private static void Save(MLContext ml, ITransformer model, DataViewSchema schema, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ml.Model.Save(model, schema, path);
    }
}
