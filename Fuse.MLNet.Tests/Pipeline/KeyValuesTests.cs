using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Uses labels of every type of value: the values must come back from the predicted keys, also after loading.</summary>
[TestClass]
public sealed class KeyValuesTests : LeakCheckedTest
{
    private static readonly DateTime Day = new(2024, 2, 29, 12, 34, 56, 789, DateTimeKind.Utc);
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Single")]
    [DataRow("Double")]
    [DataRow("Byte")]
    [DataRow("Int16")]
    [DataRow("Int32")]
    [DataRow("Int64")]
    [DataRow("UInt64")]
    [DataRow("Boolean")]
    [DataRow("DateTime")]
    [DataRow("String")]
    public void ValuesComeBack(string type)
    {
        IDataView view = View(type);
        ITransformer model = Own(Pipeline(type == "Boolean" ? 2 : 3).Fit(view));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, view.Schema, path);
        foreach (ITransformer each in new[] { model, Own(_ml.Model.Load(path, out _)) })
        {
            IDataView scored = each.Transform(view);
            CollectionAssert.AreEqual(Values(view, "Label"), Values(scored, "PredictedLabel"));
            Assert.AreEqual(view.Schema["Label"].Type.RawType, scored.Schema["PredictedLabel"].Type.RawType);
        }
    }

    [TestMethod]
    public void ATypeThatAFileCannotHoldIsNamed()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Rows(i => TimeSpan.FromDays(i % 3)));
        Assert.Contains("stand for values of type TimeSpan", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Own(Pipeline().Fit(view))).Message);
    }

    private IEstimator<ITransformer> Pipeline(int classes = 3) => _ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(Learning.Classifier(_ml, new() { MaxEpochs = 40, BatchSize = 8, Optimizer = Optimizers.Adam(0.1) }, Network.Of<TinyClassifier>(2, classes)))
        .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private IDataView View(string type) => type switch
    {
        "Single" => _ml.Data.LoadFromEnumerable(Rows(i => 0.1f * (i % 3))),
        "Double" => _ml.Data.LoadFromEnumerable(Rows(i => Math.PI * (i % 3))),
        "Byte" => _ml.Data.LoadFromEnumerable(Rows(i => (byte)(i % 3 * 100))),
        "Int16" => _ml.Data.LoadFromEnumerable(Rows(i => (short)(-i % 3))),
        "Int32" => _ml.Data.LoadFromEnumerable(Rows(i => -i % 3)),
        "Int64" => _ml.Data.LoadFromEnumerable(Rows(i => (i % 3) - (1L << 60))),
        "UInt64" => _ml.Data.LoadFromEnumerable(Rows(i => ulong.MaxValue - (ulong)(i % 3))),
        "Boolean" => _ml.Data.LoadFromEnumerable(Rows(i => i % 3 == 0)),
        "DateTime" => _ml.Data.LoadFromEnumerable(Rows(i => Day.AddTicks(i % 3))),
        _ => _ml.Data.LoadFromEnumerable(Rows(i => i % 3 == 0 ? "ü, \"quoted\"" : $"{i % 3}")),
    };

    private static Row<T>[] Rows<T>(Func<int, T> label) =>
        [.. Samples.Blobs(60).Select((row, i) => new Row<T> { Features = row.Features, Label = label(i) })];

    private static object[] Values(IDataView view, string column) => view.Schema[column].Type.RawType switch
    {
        var type when type == typeof(float) => [.. view.GetColumn<float>(column).Cast<object>()],
        var type when type == typeof(double) => [.. view.GetColumn<double>(column).Cast<object>()],
        var type when type == typeof(byte) => [.. view.GetColumn<byte>(column).Cast<object>()],
        var type when type == typeof(short) => [.. view.GetColumn<short>(column).Cast<object>()],
        var type when type == typeof(int) => [.. view.GetColumn<int>(column).Cast<object>()],
        var type when type == typeof(long) => [.. view.GetColumn<long>(column).Cast<object>()],
        var type when type == typeof(ulong) => [.. view.GetColumn<ulong>(column).Cast<object>()],
        var type when type == typeof(bool) => [.. view.GetColumn<bool>(column).Cast<object>()],
        var type when type == typeof(DateTime) => [.. view.GetColumn<DateTime>(column).Cast<object>()],
        _ => [.. view.GetColumn<string>(column)],
    };

    private sealed class Row<T>
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public T? Label { get; set; }
    }
}
