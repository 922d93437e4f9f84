using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;
using Microsoft.ML.Data;
using static Fuse.MLNet.Examples.ModelBuilder.DigitModel;

namespace Fuse.MLNet.Examples.ModelBuilder;

/// <summary>Uses the model as the callers of any Model Builder project do.</summary>
internal static class DigitModelProgram
{
    private const string ModelFile = "DigitModel.mlnet";
    private const string TestFile = "digits-test.csv";
    private const int Shown = 5;
    private const int ImportanceRows = 500;

    /// <summary>Trains the model on a CSV file, or on digits that it writes to such files, and saves it.</summary>
    public static void Train(string? directory, string? csv, int seed)
    {
        if (directory is not null && csv is not null)
            throw new ArgumentException("--data and --csv both give the digits to train on: give one of them.");
        if (csv is null)
            WriteDigits(directory is null ? DigitData.Generated(seed) : DigitData.FromDirectory(directory, seed));
        else if (!File.Exists(csv))
            throw new FileNotFoundException($"The CSV file {csv} does not exist.");
        DigitModel.Train(ModelFile, csv ?? RetrainFilePath);
        Console.WriteLine($"saved: {ModelFile}");
    }

    /// <summary>Predicts the first test digits.</summary>
    public static void Predict()
    {
        var mlContext = new MLContext();
        foreach (ModelInput input in mlContext.Data.CreateEnumerable<ModelInput>(TestRows(mlContext), reuseRowObject: false).Take(Shown))
        {
            ModelOutput output = DigitModel.Predict(input);
            IEnumerable<string> best = PredictAllLabels(input).Take(3).Select(label => FormattableString.Invariant($"{label.Key} with {label.Value:0.000}"));
            ExampleProgram.Print($"a digit {input.Label} is taken for {output.PredictedLabel}: {string.Join(", ", best)}");
        }
    }

    /// <summary>Evaluates the model on the test digits, and shows which pixels it goes by.</summary>
    public static void Evaluate()
    {
        var mlContext = new MLContext(seed: 1);
        ITransformer model = mlContext.Model.Load(ModelFile, out _);
        IDataView test = TestRows(mlContext);
        MulticlassClassificationMetrics metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
        Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());

        // Permutation takes a pass for each pixel, so a part of the rows must do.
        var importance = CalculatePFI(mlContext, mlContext.Data.TakeRows(test, ImportanceRows), model, "Label").ToDictionary(feature => feature.Item1, feature => feature.Item2);
        Console.WriteLine("by how many percent the accuracy changes when digits swap a pixel:");
        for (int row = 0; row < DigitFile.Side; row++)
            ExampleProgram.Print($"{string.Concat(Enumerable.Range(row * DigitFile.Side, DigitFile.Side).Select(pixel => FormattableString.Invariant($"{100 * importance[DigitFile.Name(pixel)],6:0.0}")))}");
        ExampleProgram.Print($"test accuracy: {metrics.MicroAccuracy:0.0000}");
    }

    private static void WriteDigits(DigitData digits)
    {
        Console.WriteLine(digits.Description);
        DigitFile.Write(RetrainFilePath, digits.Train);
        DigitFile.Write(TestFile, digits.Test);
    }

    private static IDataView TestRows(MLContext mlContext) => File.Exists(TestFile)
        ? LoadIDataViewFromFile(mlContext, TestFile, RetrainSeparatorChar, RetrainHasHeader, RetrainAllowQuoting)
        : throw new FileNotFoundException($"{Path.GetFullPath(TestFile)} does not exist: run 'train' in this folder first.");
}
