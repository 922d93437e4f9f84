using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.ImageFolder;

var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with a folder of images for each class. Without it, shapes are drawn." };
var weights = new Option<FileInfo?>("--weights")
{
    Description = "ResNet-18's weights, as torchvision names them: safetensors, or what torch.save wrote. Without it, a network is trained on other drawn shapes first, and its weights are used.",
};
var size = new Option<int>("--size") { Description = "The pixels along each side that images are brought to; torchvision's weights expect 224.", DefaultValueFactory = _ => 40 };
var epochs = new Option<int>("--epochs") { Description = "The number of passes over the training images.", DefaultValueFactory = _ => 12 };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
var model = new Option<FileInfo>("--model") { Description = "The model file.", DefaultValueFactory = _ => new FileInfo("images.zip") };

var root = new RootCommand("Trains a new head on a frozen ResNet-18 with weights from a file, on a folder of images, inside an ML.NET pipeline.") { data, weights, size, epochs, seed, model };
root.SetAction(parsed => ExampleProgram.Report(() => ImageFolderExample.Run(new()
{
    Data = parsed.GetValue(data)?.FullName,
    Weights = parsed.GetValue(weights)?.FullName,
    Size = parsed.GetValue(size),
    Epochs = parsed.GetValue(epochs),
    Seed = parsed.GetValue(seed),
    Model = parsed.GetValue(model)!.FullName,
})));
return root.Parse(args).Invoke();
