using System.CommandLine;
using Microsoft.ML;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>Is the command line that the examples with digits share: train, or predict with a saved model.</summary>
public static class DigitsProgram
{
    /// <summary>Makes the estimator that an example shows.</summary>
    /// <param name="ml">The context, with the seed.</param>
    /// <param name="epochs">The number of passes over the training digits.</param>
    /// <param name="batchSize">The number of digits a training step sees.</param>
    public delegate IEstimator<FuseTransformer> TrainerMaker(MLContext ml, int epochs, int batchSize);

    /// <summary>Runs an example.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="description">What the example does, for its help.</param>
    /// <param name="modelFile">The model file's name when none is given.</param>
    /// <param name="makeTrainer">Makes the estimator, over the columns Pixels and Label, a key.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, string description, string modelFile, TrainerMaker makeTrainer)
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with MNIST's IDX files, gzip or not. Without it, digits are generated." };
        var epochs = new Option<int>("--epochs") { Description = "The number of passes over the training digits.", DefaultValueFactory = _ => 3 };
        var batchSize = new Option<int>("--batch-size") { Description = "The number of digits a training step sees.", DefaultValueFactory = _ => 64 };
        var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
        var model = new Option<FileInfo>("--model") { Description = "The model file.", DefaultValueFactory = _ => new FileInfo(modelFile) };

        var predict = new Command("predict", "Loads a saved model and prints its accuracy on the same test digits.") { model, data };
        predict.SetAction(parsed => ExampleProgram.Report(() => DigitsExample.Predict(parsed.GetValue(model)!.FullName, parsed.GetValue(data)?.FullName)));

        var root = new RootCommand(description) { data, epochs, batchSize, seed, model, predict };
        root.SetAction(parsed => ExampleProgram.Report(() => DigitsExample.Train(parsed.GetValue(data)?.FullName, parsed.GetValue(seed), parsed.GetValue(model)!.FullName,
            ml => makeTrainer(ml, parsed.GetValue(epochs), parsed.GetValue(batchSize)))));
        return root.Parse(args).Invoke();
    }
}
