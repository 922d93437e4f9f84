using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Gives batch keys out again that the network does not make.</summary>
[TestClass]
public sealed class InputAsOutputTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void AnOutputOfAnInputKeyIsTheInputsValue()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(40));
        FuseTransformer transformer = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { ["data.input"] = new("Features"), ["data.age"] = new("Id"), ["data.label"] = new("Target") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(2, 1), Inputs = ["data.input"], Outputs = ["model.output.y"] },
            Losses = { ["fit"] = new LossMeanSquaredError { Pred = "model.output.y" } },
            Outputs =
            {
                ["Score"] = new("model.output.y") { Kind = OutputKind.Scalar },
                ["Age"] = new("data.age") { Kind = OutputKind.Scalar },
                ["Point"] = new("data.input"),
            },
        }).Fit(view));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, view.Schema, path);
        foreach (ITransformer model in new[] { transformer, Own(_ml.Model.Load(path, out _)) })
        {
            IDataView scored = model.Transform(view);
            CollectionAssert.AreEqual(Enumerable.Range(0, 40).Select(id => (float)id).ToArray(), scored.GetColumn<float>("Age").ToArray());
            Learning.AreEqual([.. Samples.Blobs(40).Select(row => row.Features)], Learning.Scores(scored, "Point"));
            using PredictionEngine<Sample, Prediction> engine = _ml.Model.CreatePredictionEngine<Sample, Prediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
            Assert.AreEqual(17, engine.Predict(new Sample { Features = [1, 2], Id = 17 }).Age);
        }
    }

    private sealed class Prediction
    {
        public float Age { get; set; }
    }
}
