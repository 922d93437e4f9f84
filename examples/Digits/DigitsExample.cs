using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>Holds the two things the examples with digits do: training a model, and using a saved one.</summary>
internal static class DigitsExample
{
    /// <summary>Trains, evaluates, saves, reloads and uses a model.</summary>
    public static void Train(string? directory, int seed, string modelPath, Func<MLContext, IEstimator<FuseTransformer>> makeTrainer)
    {
        ExampleProgram.CheckFolderOf(modelPath, "model file");
        DigitData digits = Load(directory, seed);
        MLContext ml = ExampleProgram.Context(seed);
        IDataView train = ml.Data.LoadFromEnumerable(digits.Train);
        IDataView test = ml.Data.LoadFromEnumerable(digits.Test);

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(makeTrainer(ml))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(train);
        // Under mpirun every process trained on its share of the digits, and has the same model now.
        if (ml.Fuse().Rank > 0)
            return;

        Evaluate(ml, model, test);
        ml.Model.Save(model, train.Schema, modelPath);
        Console.WriteLine($"saved: {modelPath}");

        ITransformer loaded = ml.Model.Load(modelPath, out _);
        using PredictionEngine<Digit, Prediction> engine = ml.Model.CreatePredictionEngine<Digit, Prediction>(loaded);
        foreach (Digit digit in digits.Test.Take(5))
        {
            Prediction prediction = engine.Predict(digit);
            ExampleProgram.Print($"a digit {digit.Label} is taken for {prediction.PredictedLabel}, with probability {prediction.Score.Max():0.000}");
        }
    }

    /// <summary>Loads a saved model and evaluates it on the test digits it was not trained on.</summary>
    public static void Predict(string modelPath, string? directory)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(modelPath, out _);
        FuseTransformer network = (model as IEnumerable<ITransformer>)?.OfType<FuseTransformer>().FirstOrDefault()
            ?? throw new InvalidDataException($"{modelPath} holds a model, but not one that this program trained.");
        Evaluate(ml, model, ml.Data.LoadFromEnumerable(Load(directory, (int)network.Seed).Test));
    }

    private static DigitData Load(string? directory, int seed)
    {
        DigitData digits = directory is null ? DigitData.Generated(seed) : DigitData.FromDirectory(directory, seed);
        Console.WriteLine(digits.Description);
        return digits;
    }

    private static void Evaluate(MLContext ml, ITransformer model, IDataView test)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));
        Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
        ExampleProgram.Print($"log-loss: {metrics.LogLoss:0.0000}");
        ExampleProgram.Print($"test accuracy: {metrics.MicroAccuracy:0.0000}");
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
