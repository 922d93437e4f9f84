using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Counts how often a column is computed that the network reads and the caller too.</summary>
[TestClass]
public sealed class ReadOnceTests : LeakCheckedTest
{
    private const int Rows = 50;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Features Score", 1)]
    [DataRow("Score", 1)]
    [DataRow("Features", 1)]
    [DataRow("Id", 0)]
    public void TransformComputesAColumnOnceARow(string columns, int times)
    {
        FuseTransformer transformer = Own(Learning.Classify(options: new() { MaxEpochs = 1, BatchSize = 8 }));
        IDataView scored = transformer.Transform(_ml.Data.LoadFromEnumerable(Counted.Make(Rows)));
        Counted.Reads = 0;
        using DataViewRowCursor cursor = scored.GetRowCursor(columns.Split(' ').Select(name => scored.Schema[name]));
        Action[] reads = [.. columns.Split(' ').Select(name => name == "Id" ? Reader<float>(cursor, name) : Reader<VBuffer<float>>(cursor, name))];
        while (cursor.MoveNext())
            foreach (Action read in reads)
                read();
        Assert.AreEqual(times * Rows, Counted.Reads);
    }

    [TestMethod]
    public void APredictionComputesAColumnOnce()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        using PredictionEngine<Counted, Prediction> engine = _ml.Model.CreatePredictionEngine<Counted, Prediction>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        foreach (Counted row in Counted.Make(Rows))
        {
            Counted.Reads = 0;
            Prediction prediction = engine.Predict(row);
            Assert.AreEqual(1, Counted.Reads);
            CollectionAssert.AreEqual(new[] { row.Id, -row.Id }, prediction.Features);
            using var scope = NewDisposeScope();
            float[] expected = nn.functional.softmax(Learning.Forward(transformer.Network, [new Sample { Features = prediction.Features }]), 1).data<float>().ToArray();
            Learning.AreEqual([expected], [prediction.Score], 1e-6f);
        }
    }

    private static Action Reader<T>(DataViewRow row, string name)
    {
        ValueGetter<T> getter = row.GetGetter<T>(row.Schema[name]);
        T value = default!;
        return () => getter(ref value);
    }

    private sealed class Counted
    {
        public static int Reads { get; set; }

        public float Id { get; set; }

        [VectorType(2)]
        public float[] Features
        {
            get
            {
                Reads++;
                return [Id, -Id];
            }
        }

        public static Counted[] Make(int count) => [.. Enumerable.Range(0, count).Select(id => new Counted { Id = id })];
    }

    private sealed class Prediction
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
