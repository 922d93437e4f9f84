using System.CommandLine;
using Fuse.MLNet.Examples.Mnist;

var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with MNIST's IDX files, gzip or not. Without it, digits are generated." };
var epochs = new Option<int>("--epochs") { Description = "The number of passes over the training digits.", DefaultValueFactory = _ => 3 };
var batchSize = new Option<int>("--batch-size") { Description = "The number of digits a training step sees.", DefaultValueFactory = _ => 64 };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
var model = new Option<FileInfo>("--model") { Description = "The model file.", DefaultValueFactory = _ => new FileInfo("mnist.zip") };

var predict = new Command("predict", "Loads a saved model and prints its accuracy on the same test digits.") { model, data };
predict.SetAction(parsed => Report(() => MnistExample.Predict(parsed.GetValue(model)!.FullName, parsed.GetValue(data)?.FullName)));

var root = new RootCommand("Trains LeNet on digits inside an ML.NET pipeline, evaluates it with ML.NET, and saves it as a .zip.") { data, epochs, batchSize, seed, model, predict };
root.SetAction(parsed => Report(() => MnistExample.Train(parsed.GetValue(data)?.FullName, parsed.GetValue(epochs), parsed.GetValue(batchSize), parsed.GetValue(seed), parsed.GetValue(model)!.FullName)));
return root.Parse(args).Invoke();

static int Report(Action action)
{
    try
    {
        action();
        return 0;
    }
    catch (Exception error) when (error is IOException or FormatException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"error: {error.Message.ReplaceLineEndings(" ")}");
        return 1;
    }
}
