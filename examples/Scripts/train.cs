#!/usr/bin/env dotnet
// Trains a network in one file, without a project: dotnet run train.cs
//
// In this repository the library is a project. Elsewhere take its package, and libtorch's of your system (or -win-x64, -osx-arm64):
//   #:package Fuse.MLNet@0.1.0
//   #:package libtorch-cpu-linux-x64@2.10.0
#:project ../../Fuse.MLNet/Fuse.MLNet.csproj
#:property UsesTorch=true
#:property PublishAot=false

using Fuse.MLNet;
using Microsoft.ML;
using TorchSharp.Modules;
using static TorchSharp.torch;

// Points on two spirals, each of which turns round the other: no line tells them apart.
var random = new Random(1);
Point[] points = [.. from i in Enumerable.Range(0, 2000)
                     let spiral = i % 2
                     let angle = 0.5 + (9 * Math.Sqrt(random.NextDouble()))
                     let turn = angle + (Math.PI * spiral)
                     let noise = 0.15 * random.NextDouble()
                     select new Point { Place = [(float)(angle * Math.Cos(turn + noise)), (float)(angle * Math.Sin(turn + noise))], Spiral = spiral == 0 ? "first" : "second" }];

var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(points), testFraction: 0.2);
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Point.Spiral))
    .Append(ml.Fuse().Train(
        network: Network.Of<SpiralNetwork>(64),
        input: new TensorColumn(nameof(Point.Place)) { Standardize = true },
        options: new() { MaxEpochs = 40, BatchSize = 64, Optimizer = Optimizers.AdamW(lr: 1e-2), LearningRateScheduler = Schedules.Cosine() }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
ITransformer model = pipeline.Fit(split.TrainSet);

string file = args.Length > 0 ? args[0] : "spirals.zip";
ml.Model.Save(model, split.TrainSet.Schema, file);
ITransformer loaded = ml.Model.Load(file, out _);
Console.WriteLine(FormattableString.Invariant($"saved: {file}, test accuracy: {ml.MulticlassClassification.Evaluate(loaded.Transform(split.TestSet)).MicroAccuracy:0.0000}"));

/// <summary>Holds a point of the plane and the spiral that it lies on.</summary>
internal sealed class Point
{
    /// <summary>Gets or sets the coordinates.</summary>
    [Microsoft.ML.Data.VectorType(2)]
    public float[] Place { get; set; } = [];

    /// <summary>Gets or sets the spiral: first or second.</summary>
    public string Spiral { get; set; } = "";
}

/// <summary>Is a network of two hidden layers: <c>[N, 2]</c> to logits <c>[N, 2]</c>.</summary>
internal sealed class SpiralNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers;

    /// <summary>Builds the network.</summary>
    /// <param name="width">The number of units of a hidden layer.</param>
    public SpiralNetwork(int width)
        : base(nameof(SpiralNetwork))
    {
        _layers = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _layers.call(input);
}
