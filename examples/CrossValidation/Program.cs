using System.CommandLine;
using System.CommandLine.Parsing;
using Fuse.MLNet.Examples.CrossValidation;

var folds = new Option<int>("--folds") { Description = "The number of folds.", DefaultValueFactory = _ => 4 };
var repetitions = new Option<int>("--repetitions") { Description = "The number of times all folds are trained, each with another seed.", DefaultValueFactory = _ => 2 };
var epochs = new Option<int>("--epochs") { Description = "The most passes over the training digits.", DefaultValueFactory = _ => 15 };
var seed = new Option<int>("--seed") { Description = "The seed of the digits and the folds.", DefaultValueFactory = _ => 1 };
var models = new Option<DirectoryInfo?>("--models") { Description = "A folder for the folds' models, rep_<r>/fold_<k>.zip, and their ensemble.zip. Without it they are not kept." };

folds.Validators.Add(result => AtLeast(result, 2));
repetitions.Validators.Add(result => AtLeast(result, 1));
epochs.Validators.Add(result => AtLeast(result, 1));

var root = new RootCommand("Trains a network on each of several folds, repeatedly, and lets the folds' models vote on test digits none of them saw.") { folds, repetitions, epochs, seed, models };
root.SetAction(parsed => RepeatedFolds.Run(parsed.GetValue(folds), parsed.GetValue(repetitions), parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(models)?.FullName));
return root.Parse(args).Invoke();

static void AtLeast(OptionResult result, int least)
{
    if (result.GetValueOrDefault<int>() < least)
        result.AddError($"{result.Option.Name} must be at least {least}.");
}
