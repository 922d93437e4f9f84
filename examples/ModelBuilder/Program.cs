using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.ModelBuilder;

var data = new Option<DirectoryInfo?>("--data") { Description = "A folder with MNIST's IDX files, gzip or not. Without it, digits are generated." };
var csv = new Option<FileInfo?>("--csv") { Description = "A CSV file with a header and, in each line, a digit and its 49 pixels. Only the model is written then." };
var seed = new Option<int>("--seed") { Description = "The seed of the digits.", DefaultValueFactory = _ => 42 };

var train = new Command("train", "Writes digits.csv and digits-test.csv, trains on the first and saves DigitModel.mlnet, all in the current folder.") { data, csv, seed };
train.SetAction(parsed => ExampleProgram.Report(() => DigitModelProgram.Train(parsed.GetValue(data)?.FullName, parsed.GetValue(csv)?.FullName, parsed.GetValue(seed))));
var predict = new Command("predict", "Predicts some test digits by DigitModel.Predict.");
predict.SetAction(_ => ExampleProgram.Report(DigitModelProgram.Predict));
var evaluate = new Command("evaluate", "Evaluates the model on the test digits, and shows which pixels it goes by.");
evaluate.SetAction(_ => ExampleProgram.Report(DigitModelProgram.Evaluate));

return new RootCommand("Trains, uses and evaluates a network through a class of the shape that ML.NET Model Builder writes.") { train, predict, evaluate }.Parse(args).Invoke();
