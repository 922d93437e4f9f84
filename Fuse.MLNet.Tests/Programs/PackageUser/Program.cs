using System.Globalization;
using Fuse.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

// "train FILE" trains and saves a small classifier, "load FILE" loads it; both print the accuracy and the scores.
var rows = new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, 90).Select(i => new Row { Features = [i % 3, i % 5 / 10f], Label = "abc"[i % 3].ToString() }));
var ml = new MLContext(seed: 1);
ITransformer model;
if (args[0] == "train")
{
    model = ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Fuse().Train(Network.Of<TwoLayers>(2, 16, 3), new TensorColumn("Features"), options: new() { MaxEpochs = 40, Optimizer = Optimizers.Adam(0.02) }))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
        .Fit(rows);
    ml.Model.Save(model, rows.Schema, args[1]);
}
else
{
    model = ml.Model.Load(args[1], out _);
}

IDataView scored = model.Transform(rows);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"accuracy: {ml.MulticlassClassification.Evaluate(scored).MicroAccuracy}"));
foreach (float[] score in scored.GetColumn<float[]>("Score").Take(5))
    Console.WriteLine(string.Join(' ', score.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

internal sealed class TwoLayers : nn.Module<Tensor, Tensor>
{
    private readonly Linear _first;
    private readonly Linear _second;

    public TwoLayers(long inputs, long hidden, long outputs)
        : base(nameof(TwoLayers))
    {
        _first = nn.Linear(inputs, hidden);
        _second = nn.Linear(hidden, outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _second.call(nn.functional.relu(_first.call(input)));
}

internal sealed class Row
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";
}
