using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.MultiHead;

var gauges = new Option<int>("--gauges") { Description = "The number of gauges to train on.", DefaultValueFactory = _ => 6000 };
var epochs = new Option<int>("--epochs") { Description = "The number of passes over the training gauges.", DefaultValueFactory = _ => 10 };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
var model = new Option<FileInfo>("--model") { Description = "The model file.", DefaultValueFactory = _ => new FileInfo("multihead.zip") };
var run = new Option<DirectoryInfo?>("--run") { Description = "A folder for the run's checkpoints, its report (report.html) and what it logs (metrics.csv, which examples/Plots draws)." };

var root = new RootCommand("Trains one model with two heads on pictures and numbers of gauges inside an ML.NET pipeline: what state a vessel is in, and at what pressure.")
{
    gauges, epochs, seed, model, run,
};
root.SetAction(parsed => ExampleProgram.Report(() => MultiHeadExample.Run(parsed.GetValue(gauges), parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(model)!.FullName, parsed.GetValue(run)?.FullName)));
return root.Parse(args).Invoke();
