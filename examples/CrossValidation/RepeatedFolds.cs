using System.Globalization;
using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Data;
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
        uint[] labels = [.. test.GetColumn<uint>("Label")];
        var all = new List<float[][]>();
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            // Another seed trains other weights; the folds stay the same.
            var ml = new MLContext(seed: repetition);
            var results = ml.MulticlassClassification.CrossValidate(keyed, Trainer(ml, epochs), numberOfFolds: folds, seed: seed);
            double[] accuracies = [.. results.Select(fold => fold.Metrics.MicroAccuracy)];
            ExampleProgram.Print($"repetition {repetition}: accuracy {accuracies.Average():0.0000} +- {Deviation(accuracies):0.0000} over folds ({string.Join(", ", accuracies.Select(value => value.ToString("0.0000", CultureInfo.InvariantCulture)))})");
            float[][][] scores = [.. results.Select(fold => fold.Model.Transform(test).GetColumn<float[]>("Score").ToArray())];
            ExampleProgram.Print($"repetition {repetition}: ensemble of its folds on test digits {Accuracy(scores, labels):0.0000}");
            all.AddRange(scores);
            foreach (var fold in results)
            {
                if (models is not null)
                    Save(ml, fold.Model, keyed.Schema, Path.Combine(models, $"rep_{repetition}", $"fold_{fold.Fold}.zip"));
                ((IDisposable)fold.Model).Dispose();
            }
        }
        ExampleProgram.Print($"models alone: {all.Average(scores => Accuracy([scores], labels)):0.0000}");
        ExampleProgram.Print($"ensemble accuracy: {Accuracy(all, labels):0.0000}");
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

    /// <summary>Gets the part of the rows whose largest mean score is their label's.</summary>
    private static double Accuracy(IReadOnlyList<float[][]> models, uint[] labels) => labels.Select((label, row) =>
    {
        float[] mean = [.. Enumerable.Range(0, models[0][row].Length).Select(index => models.Average(scores => scores[row][index]))];
        return Array.IndexOf(mean, mean.Max()) == label - 1 ? 1.0 : 0.0;
    }).Average();

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    private static void Save(MLContext ml, ITransformer model, DataViewSchema schema, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        ml.Model.Save(model, schema, path);
    }
}
