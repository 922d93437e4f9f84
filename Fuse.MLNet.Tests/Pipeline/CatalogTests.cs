using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Uses the trainer as ML.NET's own are used.</summary>
[TestClass]
public sealed class CatalogTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void EvaluateMeasuresWhatTheScoresSay()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        IDataView scored = transformer.Transform(Samples.Keyed(_ml, 60, seed: 2));
        MulticlassClassificationMetrics metrics = _ml.MulticlassClassification.Evaluate(scored);
        float[][] scores = Learning.Scores(scored);
        uint[] labels = [.. scored.GetColumn<uint>("Label")];
        Assert.AreEqual(scores.Zip(labels).Count(row => Array.IndexOf(row.First, row.First.Max()) == row.Second - 1) / 60.0, metrics.MicroAccuracy, 1e-9);
        Assert.AreEqual(scores.Zip(labels).Average(row => -Math.Log(row.First[row.Second - 1])), metrics.LogLoss, 1e-5);
        Assert.AreEqual(3, metrics.ConfusionMatrix.NumberOfClasses);
    }

    [TestMethod]
    public void PredictedLabelsMapBackToTheirValues()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(90));
        foreach ((string label, Type type) in new[] { ("Label", typeof(string)), ("Number", typeof(uint)) })
        {
            FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), label,
                options: new() { MaxEpochs = 20, BatchSize = 8, Optimizer = Optimizers.Adam(0.1) });
            ITransformer model = Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey(label).Append(trainer)
                .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(view));
            IDataView scored = model.Transform(view);
            object[] predicted = type == typeof(string) ? [.. scored.GetColumn<string>("PredictedLabel")] : [.. scored.GetColumn<uint>("PredictedLabel").Select(value => (object)value)];
            object[] expected = type == typeof(string) ? [.. view.GetColumn<string>(label)] : [.. view.GetColumn<uint>(label).Select(value => (object)value)];
            CollectionAssert.AreEqual(expected, predicted);
        }
    }

    [TestMethod]
    public void EachFoldOfCrossValidationIsALoneFit()
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 2, BatchSize = 8 }, Network.Of<DropoutClassifier>());
        var folds = _ml.MulticlassClassification.CrossValidate(view, trainer, numberOfFolds: 3, seed: 4);
        Assert.HasCount(3, folds);
        var splits = _ml.Data.CrossValidationSplit(view, numberOfFolds: 3, seed: 4);
        var weights = new HashSet<string>();
        for (int k = 0; k < 3; k++)
        {
            var model = (FuseTransformer)Own(folds[k].Model);
            FuseTransformer lone = Own(trainer.Fit(splits[k].TrainSet));
            CollectionAssert.AreEqual(Learning.Weights(lone.Network), Learning.Weights(model.Network));
            Assert.AreEqual(lone.History, model.History);
            weights.Add(Convert.ToHexString(Learning.Weights(model.Network)));
            Assert.IsGreaterThan(0.0, folds[k].Metrics.MicroAccuracy);
        }

        Assert.HasCount(3, weights);
    }

    [TestMethod]
    public void FoldsShareNothingOfLossesCallbacksAndSamplers()
    {
        IDataView view = Samples.Keyed(_ml, 60);
        FuseTrainer trainer = _ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { [BatchKeys.Input] = new("Features"), [BatchKeys.Label] = new("Label") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<DropoutClassifier>(), Inputs = [BatchKeys.Input], Outputs = [BatchKeys.Logits] },
            Losses = { ["learned"] = new TemperatureLoss(), ["late"] = new LossWarmUp(new LossCrossEntropy { Weight = 0.5 }, 7) },
            TrainMetrics = { ["accuracy"] = new MetricAccuracy(BatchKeys.Logits, BatchKeys.Label) },
            Outputs = { ["Score"] = new(BatchKeys.Logits, "Label") { Activation = Activation.Softmax } },
            Callbacks = { new EarlyStopping(new("validation.losses.learned", MinDelta: 0.02), patience: 2), new ExponentialMovingAverage() },
            Sampler = new BatchSamplerDefault(),
            SamplingKeyColumnName = "Patient",
            ValidationFraction = 0.2,
            MaxEpochs = 8,
            BatchSize = 9,
        });
        var folds = _ml.MulticlassClassification.CrossValidate(view, trainer, numberOfFolds: 3, seed: 4);
        var splits = _ml.Data.CrossValidationSplit(view, numberOfFolds: 3, seed: 4);
        for (int k = 0; k < 3; k++)
        {
            var model = (FuseTransformer)Own(folds[k].Model);
            FuseTransformer lone = Own(trainer.Fit(splits[k].TrainSet));
            CollectionAssert.AreEqual(Learning.Weights(lone.Network), Learning.Weights(model.Network));
            Assert.AreEqual(lone.History, model.History);
            Assert.AreEqual(lone.StopReason, model.StopReason);
        }
    }

    [TestMethod]
    public void WholePipelinesAreCrossValidatedWithGroupsKeptTogether()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(60));
        IEstimator<ITransformer> pipeline = _ml.Transforms.NormalizeMinMax("Features")
            .Append(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target", options: new() { MaxEpochs = 40, BatchSize = 8, Optimizer = Optimizers.Adam(0.2) }));
        var folds = _ml.Regression.CrossValidate(view, pipeline, numberOfFolds: 3, labelColumnName: "Target", samplingKeyColumnName: "Patient");
        var patients = new List<string>();
        foreach (var fold in folds)
        {
            Own(fold.Model);
            Assert.IsGreaterThan(0.9, fold.Metrics.RSquared);
            Assert.AreEqual(fold.Metrics.MeanSquaredError, fold.ScoredHoldOutSet.GetColumn<float>("Score").Zip(fold.ScoredHoldOutSet.GetColumn<float>("Target"), (score, target) => Math.Pow(score - target, 2)).Average(), 1e-6);
            patients.AddRange(fold.ScoredHoldOutSet.GetColumn<string>("Patient").Distinct());
        }
        CollectionAssert.AreEquivalent(Samples.Blobs(60).Select(row => row.Patient).Distinct().ToArray(), patients, "A patient is in one fold.");
    }

    [TestMethod]
    [DataRow("Cache")]
    [DataRow("ShuffleRows")]
    public void ImageColumnThatCachingOrShufflingDroppedIsNamedWithWhatDroppedIt(string what)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 4).Select(i => new Picture { Image = MLImage.CreateFromPixels(1, 1, MLPixelFormat.Bgra32, new byte[4]), Target = i }));
        IDataView without = what == "Cache" ? _ml.Data.Cache(view) : _ml.Data.ShuffleRows(view);
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(4, 1), new TensorColumn("Image"), "Target");
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.Fit(without));
        foreach (string part in new[] { "no column 'Image'", "AppendCacheCheckpoint", "ShuffleRows", "images" })
            Assert.Contains(part, error.Message);
    }

    [TestMethod]
    public void ShuffledRowsAreTrainedOnInTheirOrder()
    {
        IDataView view = Samples.Keyed(_ml, 40);
        float[] order = [.. _ml.Data.ShuffleRows(view, seed: 3).GetColumn<float>("Id")];
        Sample[] rows = Samples.Blobs(40);
        CollectionAssert.AreNotEqual(rows.Select(row => row.Id).ToArray(), order);
        FuseTransformer shuffled = Own(Learning.Classifier(_ml).Fit(_ml.Data.ShuffleRows(view, seed: 3)));
        IDataView byHand = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.LoadFromEnumerable(rows)).Transform(_ml.Data.LoadFromEnumerable(order.Select(id => rows[(int)id])));
        CollectionAssert.AreEqual(Learning.Weights(Own(Learning.Classifier(_ml).Fit(byHand)).Network), Learning.Weights(shuffled.Network));
    }

    [TestMethod]
    public void ACacheBeforeTheTrainerChangesNothing()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(40));
        var key = _ml.Transforms.Conversion.MapValueToKey("Label");
        var plain = Own(key.Append(Learning.Classifier(_ml)).Fit(view));
        var cached = Own(key.AppendCacheCheckpoint(_ml).Append(Learning.Classifier(_ml)).Fit(view));
        CollectionAssert.AreEqual(Learning.Weights(plain.LastTransformer.Network), Learning.Weights(cached.LastTransformer.Network));
    }

    [TestMethod]
    public void ARegressionIsEvaluatedAsOne()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(90));
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target",
            options: new() { MaxEpochs = 60, BatchSize = 16, Optimizer = Optimizers.Adam(0.1) }).Fit(view));
        RegressionMetrics metrics = _ml.Regression.Evaluate(transformer.Transform(view), labelColumnName: "Target");
        Assert.IsGreaterThan(0.99, metrics.RSquared);
        using var scope = NewDisposeScope();
        float[] expected = Learning.Forward(transformer.Network, Samples.Blobs(90)).squeeze(1).data<float>().ToArray();
        float[] actual = [.. transformer.Transform(view).GetColumn<float>("Score")];
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f);
    }

    [TestMethod]
    public void ALabelWithoutALossOfItsOwnAsksForOne()
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Fuse()
            .Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Number").Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(3))));
        Assert.Contains("No loss was given, and none follows from the label column 'Number'", error.Message);
    }

    private sealed class Picture
    {
        [Microsoft.ML.Transforms.Image.ImageType(1, 1)]
        public MLImage? Image { get; set; }

        public float Target { get; set; }
    }
}
