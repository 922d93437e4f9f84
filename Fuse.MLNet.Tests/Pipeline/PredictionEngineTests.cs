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

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
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
