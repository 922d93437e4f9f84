using System.CommandLine;
using Fuse.MLNet.Examples;
using Fuse.MLNet.Examples.Text;

var reviews = new Option<int>("--reviews") { Description = "The number of reviews to train on.", DefaultValueFactory = _ => 7000 };
var epochs = new Option<int>("--epochs") { Description = "The number of passes over the training reviews.", DefaultValueFactory = _ => 10 };
var seed = new Option<int>("--seed") { Description = "The seed of every random choice.", DefaultValueFactory = _ => 42 };
var model = new Option<FileInfo>("--model") { Description = "The model file; the tokenizer's vocabulary is written beside it, with the ending .vocab.txt.", DefaultValueFactory = _ => new FileInfo("text.zip") };
var text = new Option<string?>("--text") { Description = "A review to judge." };

var predict = new Command("predict", "Loads a saved model and prints its accuracy on the same test reviews, or what it says of a text.") { model, text };
predict.SetAction(parsed => ExampleProgram.Report(() => TextExample.Predict(parsed.GetValue(model)!.FullName, parsed.GetValue(text))));

var root = new RootCommand("Trains a small transformer on tokenized reviews inside an ML.NET pipeline: whether they are positive or negative.") { reviews, epochs, seed, model, predict };
root.SetAction(parsed => ExampleProgram.Report(() => TextExample.Train(parsed.GetValue(reviews), parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(model)!.FullName)));
return root.Parse(args).Invoke();
