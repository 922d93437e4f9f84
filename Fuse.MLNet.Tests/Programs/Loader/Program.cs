using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// Loads a model and prints the scores of its rows, or of the files that are named: a program that has the network's class and names nothing of Fuse.
var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView rows = args.Length > 1 ? ml.Data.LoadFromEnumerable(args[1..].Select(path => new PathRow { Path = path }))
    : ml.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(i => new Row { Features = [i - 2f, 0.5f * i] }));
foreach (float[] score in model.Transform(rows).GetColumn<float[]>("Score"))
    Console.WriteLine(string.Join(' ', score.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));

internal sealed class Row
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];
}

internal sealed class PathRow
{
    public string Path { get; set; } = "";
}
