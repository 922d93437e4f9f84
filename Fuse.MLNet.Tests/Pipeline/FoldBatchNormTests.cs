using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Scores with batch normalizations that are part of the layers before them.</summary>
[TestClass]
public sealed class FoldBatchNormTests : LeakCheckedTest
{
    private const float Rounding = 1e-4f;
    private readonly MLContext _ml = new(seed: 1);
    private string _messages = "";

    public FoldBatchNormTests() => _ml.Log += (_, message) => _messages += message.Source == nameof(FuseCatalog.FoldBatchNorm) ? $"{message.Kind}: {message.RawMessage}\n" : "";

    public static IEnumerable<object[]> BackboneNames => Backbones.MiddleNames.Append(["resnet18"]).Append(["resnet50"]);

    [TestMethod]
    [DynamicData(nameof(BackboneNames))]
    public void AllOfABackboneAreFolded(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var noGrad = no_grad();
        using nn.Module module = Backbones.All[name].Build();
        BackboneCase.Fill(module);
        module.eval();
        Tensor[] inputs = BackboneCase.Of(name).Inputs(ScalarType.Float32);
        Tensor expected = Backbones.Call(module, inputs);
        Assert.AreEqual(module.modules().Distinct().Count(part => part is BatchNorm), BatchNormFolding.Fold(module));
        Assert.IsLessThanOrEqualTo(Rounding, Backbones.Call(module, inputs).sub(expected).abs().max().div(expected.abs().max()).item<float>());
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void OnlyScoringIsFolded(bool hasBias)
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(Train(Network.Of<NormalizedConvolution>(hasBias)));
        float[][] scores = Learning.Scores(model.Transform(view));
        byte[] weights = Learning.Weights(model.Network);
        var folded = (FuseTransformer)Own(_ml.Fuse().FoldBatchNorm(model, view));
        Learning.AreEqual(scores, Learning.Scores(folded.Transform(view)), Rounding);
        Assert.Contains("Info: 2 of 2 batch normalizations", _messages);
        Assert.IsFalse(Learning.Scores(folded.Transform(view)).SelectMany(row => row).SequenceEqual(scores.SelectMany(row => row)), "The scores are rounded in another way.");
        using (PredictionEngine<Sample, Prediction> engine = _ml.Model.CreatePredictionEngine<Sample, Prediction>(folded, new PredictionEngineOptions { OwnsTransformer = false }))
            Learning.AreEqual([scores[0]], [engine.Predict(Samples.Blobs(60)[0]).Score], Rounding);

        // What is no scoring has the weights as they were trained.
        CollectionAssert.AreEqual(weights, Learning.Weights(folded.Network));
        CollectionAssert.AreEqual(weights, Learning.Weights(model.Network));
        Assert.AreEqual(_ml.Fuse().Evaluate(model, view)["test.losses.total_loss"], _ml.Fuse().Evaluate(folded, view)["test.losses.total_loss"]);
        Learning.AreEqual(scores, Learning.Scores(Own(SavedAndLoaded(folded, "folded.zip")).Transform(view)));
        model.Dispose();
        Learning.AreEqual(scores, Learning.Scores(folded.Transform(view)), Rounding);
        folded.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => folded.Transform(view));
    }

    [TestMethod]
    public void APipelineKeepsItsOtherSteps()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(60));
        ITransformer model = Own(_ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.NormalizeMeanVariance("Features"))
            .Append(Trainer(Network.Of<NormalizedConvolution>(true))).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows));
        IDataView expected = model.Transform(rows), scored = Own(_ml.Fuse().FoldBatchNorm(model, rows)).Transform(rows);
        Learning.AreEqual(Learning.Scores(expected), Learning.Scores(scored), Rounding);
        CollectionAssert.AreEqual(expected.GetColumn<string>("PredictedLabel").ToArray(), scored.GetColumn<string>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void ANetworkWithoutSuchAPairScoresTheSameBits()
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(Train(Network.Of<NormalizedClassifier>()));
        Learning.AreEqual(Learning.Scores(model.Transform(view)), Learning.Scores(Own(_ml.Fuse().FoldBatchNorm(model, view)).Transform(view)));
        Assert.Contains("Info: 0 of 1 batch normalizations", _messages);
        Assert.Contains("Warning: No batch normalization was folded", _messages);
    }

    [TestMethod]
    public void ALayerThatIsUsedTwiceIsNotFolded()
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(Train(Network.Of<SharedLayer>()));
        Learning.AreEqual(Learning.Scores(model.Transform(view)), Learning.Scores(Own(_ml.Fuse().FoldBatchNorm(model, view)).Transform(view)));
        Assert.Contains("Info: 0 of 1 batch normalizations", _messages);
    }

    [TestMethod]
    public void ScoresThatWouldDifferAreRefused()
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(Train(Network.Of<NormalizedPlaces>(), [2, 1]));
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().FoldBatchNorm(model, view)).Message;
        Assert.Contains("other values of 'Score'", message);
        Assert.Contains("normalizes another dimension", message);
    }

    [TestMethod]
    public void ItNeedsARow()
    {
        IDataView none = _ml.Data.FilterRowsByColumn(Samples.Keyed(_ml, 60), "Target", lowerBound: 1e6);
        FuseTransformer model = Own(Train(Network.Of<NormalizedConvolution>(true)));
        Assert.Contains("no row", Assert.ThrowsExactly<ArgumentException>(() => _ml.Fuse().FoldBatchNorm(model, none)).Message);
    }

    private FuseTrainer Trainer(Network network, ValueList<long>? shape = null) => _ml.Fuse().Train(network, new TensorColumn("Features", shape ?? [2]), "Label", Loss.CrossEntropy(),
        new() { MaxEpochs = 3, BatchSize = 16, Optimizer = Optimizers.Adam(0.05) });

    private FuseTransformer Train(Network network, ValueList<long>? shape = null) => Trainer(network, shape).Fit(Samples.Keyed(_ml, 60));

    private ITransformer SavedAndLoaded(ITransformer model, string name)
    {
        string path = Path.Combine(Folder, name);
        _ml.Model.Save(model, Samples.Keyed(_ml, 1).Schema, path);
        return _ml.Model.Load(path, out _);
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
