using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.Segmentation;

var data = new Option<DirectoryInfo?>("--data")
{
    Description = "A folder with image/*.png and label/*.png of equal names. The grey values of a label are classes, in their order: 0, 1, 2 or 0 and 255. Without it, cells are drawn.",
};
var keep = new Option<DirectoryInfo?>("--keep") { Description = "A folder that the drawn pictures or volumes are written to. Without it, a temporary one." };
var volume = new Option<bool>("--volume") { Description = "Draw volumes instead, write them as .npy files, and train a U-Net in 3D." };
var images = new Option<int?>("--images") { Description = "The number of drawn pictures (240) or volumes (80)." };
var size = new Option<int?>("--size") { Description = "The pixels along each side: of drawn pictures (96) and volumes (32), or that given ones are brought to (their own)." };
var epochs = new Option<int?>("--epochs") { Description = "The number of passes over the training pictures (8) or volumes (12)." };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
var model = new Option<FileInfo>("--model") { Description = "The model file.", DefaultValueFactory = _ => new FileInfo("segmentation.zip") };
var strip = new Option<FileInfo>("--strip") { Description = "The picture of held-out inputs, truths and predictions.", DefaultValueFactory = _ => new FileInfo("segmentation.png") };

var root = new RootCommand("Trains a U-Net that finds cells inside an ML.NET pipeline, measures it on held-out pictures, and saves it as a .zip.")
{
    data, keep, volume, images, size, epochs, seed, model, strip,
};
root.SetAction(parsed => ExampleProgram.Report(() => SegmentationExample.Run(new()
{
    Data = parsed.GetValue(data)?.FullName,
    Keep = parsed.GetValue(keep)?.FullName,
    Volume = parsed.GetValue(volume),
    Images = parsed.GetValue(images),
    Size = parsed.GetValue(size),
    Epochs = parsed.GetValue(epochs),
    Seed = parsed.GetValue(seed),
    Model = parsed.GetValue(model)!.FullName,
    Strip = parsed.GetValue(strip)!.FullName,
})));
return root.Parse(args).Invoke();
