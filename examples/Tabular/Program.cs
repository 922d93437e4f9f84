using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.Tabular;

var data = new Option<DirectoryInfo?>("--data")
{
    Description = "A folder with breast-cancer.txt, iris.txt and housing.txt, as in test/data of github.com/dotnet/machinelearning. Without it tables like them are generated.",
};
var folds = new Option<int>("--folds") { Description = "The number of folds of each cross-validation.", DefaultValueFactory = _ => 5 };
var seeds = new Option<int>("--seeds") { Description = "The number of cross-validations of each table, each with other folds and other weights.", DefaultValueFactory = _ => 3 };
var only = new Option<string?>("--only") { Description = "The name of the one table to measure." };

var root = new RootCommand("Compares the one-line network Trainers.FuseNeuralNetwork() with Trainers.LightGbm(), both as they come, on small tables.") { data, folds, seeds, only };
root.SetAction(parsed => ExampleProgram.Report(() => Comparison.Run(parsed.GetValue(data)?.FullName, parsed.GetValue(folds), parsed.GetValue(seeds), parsed.GetValue(only))));
return root.Parse(args).Invoke();
