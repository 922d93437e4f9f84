using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class PredictionEngineTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void APredictionIsTheRowOfTransformAndOneForwardPass()
    {
        Sample[] rows = Samples.Blobs(30);
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        ITransformer model = Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(Learning.Classifier(_ml, network: Network.Of<CountingNetwork>()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view));
        Prediction[] expected = [.. _ml.Data.CreateEnumerable<Prediction>(model.Transform(view), reuseRowObject: false)];
        using PredictionEngine<Sample, Prediction> engine = _ml.Model.CreatePredictionEngine<Sample, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < rows.Length; i++)
        {
            CountingNetwork.Forwards = 0;
            Prediction prediction = engine.Predict(rows[i]);
            Assert.AreEqual(1, CountingNetwork.Forwards);
            Assert.AreEqual(expected[i].PredictedLabel, prediction.PredictedLabel);
            Learning.AreEqual([expected[i].Score], [prediction.Score], 1e-6f);
        }
    }

    [TestMethod]
    public void AnEngineDisposesTheModelUnlessItIsToldNotTo()
    {
        IDataView view = Samples.Keyed(_ml, 10);
        FuseTransformer kept = Own(Learning.Classify());
        _ml.Model.CreatePredictionEngine<KeyedInput, KeyedPrediction>(kept, new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        Assert.HasCount(10, Learning.Scores(kept.Transform(view)));

        FuseTransformer lost = Learning.Classify();
        IDataView before = lost.Transform(view);
        PredictionEngine<KeyedInput, KeyedPrediction> engine = _ml.Model.CreatePredictionEngine<KeyedInput, KeyedPrediction>(lost);
        Assert.HasCount(3, engine.Predict(new KeyedInput { Features = [1, 2] }).Score);
        engine.Dispose();
        engine.Dispose();
        foreach (Action use in new Action[]
        {
            () => lost.Transform(view),
            () => Learning.Scores(before),
            () => lost.CreateModule(),
            () => _ml.Model.Save(lost, view.Schema, Path.Combine(Folder, "model.zip")),
            () => _ml.Model.CreatePredictionEngine<KeyedInput, KeyedPrediction>(lost),
        })
            Assert.Contains("OwnsTransformer = false", Assert.ThrowsExactly<ObjectDisposedException>(use).Message);
    }

    [TestMethod]
    public void AnEngineThatOwnsTheModelEndsTheOthersWithAdvice()
    {
        FuseTransformer shared = Learning.Classify();
        using PredictionEngine<KeyedInput, KeyedPrediction> other = _ml.Model.CreatePredictionEngine<KeyedInput, KeyedPrediction>(shared, new PredictionEngineOptions { OwnsTransformer = false });
        _ml.Model.CreatePredictionEngine<KeyedInput, KeyedPrediction>(shared).Dispose();
        ObjectDisposedException error = Assert.ThrowsExactly<ObjectDisposedException>(() => other.Predict(new KeyedInput { Features = [1, 2] }));
        Assert.Contains("OwnsTransformer = false", error.Message);
        Assert.Contains(nameof(FuseTransformer), error.Message);
    }

    [TestMethod]
    public void AnEngineOfALossStageGivesTheSameAdvice()
    {
        IDataView scored = Own(Learning.Classify()).Transform(Samples.Keyed(_ml, 6));
        LossTransformer stage = _ml.Fuse().Losses.SquaredError(scoreColumnName: "Target", labelColumnName: "Id").Fit(scored);
        _ml.Model.CreatePredictionEngine<Sample, StagePrediction>(stage).Dispose();
        Assert.Contains("OwnsTransformer = false", Assert.ThrowsExactly<ObjectDisposedException>(() => stage.Transform(scored)).Message);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void EnginesOfManyThreadsOverOneModelPredictTheSame(bool isLoaded)
    {
        const int Threads = 8;
        Sample[] rows = Samples.Blobs(60);
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        ITransformer model = Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label").Append(Learning.Classifier(_ml, network: Network.Of<DropoutClassifier>()))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view));
        if (isLoaded)
        {
            string path = Path.Combine(Folder, "model.zip");
            _ml.Model.Save(model, view.Schema, path);
            model = Own(new MLContext().Model.Load(path, out _));
        }
        using PredictionEngine<Sample, Prediction> alone = _ml.Model.CreatePredictionEngine<Sample, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Prediction[] expected = [.. rows.Select(alone.Predict)];
        using var start = new Barrier(Threads);
        int predictions = 0;
        OnOtherThreads([.. Enumerable.Range(0, Threads).Select<int, Action>(thread => () =>
        {
            using PredictionEngine<Sample, Prediction> engine = new MLContext().Model.CreatePredictionEngine<Sample, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
            start.SignalAndWait();
            for (int round = 0; round < 5; round++)
                for (int i = 0; i < rows.Length; i++)
                {
                    // Each thread goes through the rows in its own order.
                    int row = (i * ((2 * thread) + 1) + round) % rows.Length;
                    Prediction prediction = engine.Predict(rows[row]);
                    CollectionAssert.AreEqual(expected[row].Score, prediction.Score);
                    Assert.AreEqual(expected[row].PredictedLabel, prediction.PredictedLabel);
                    Interlocked.Increment(ref predictions);
                }
        })]);
        Assert.AreEqual(Threads * 5 * rows.Length, predictions);
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }

    private sealed class StagePrediction
    {
        public float Loss { get; set; }
    }

    private sealed class KeyedInput
    {
        [Microsoft.ML.Data.VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class KeyedPrediction
    {
        public float[] Score { get; set; } = [];
    }
}
