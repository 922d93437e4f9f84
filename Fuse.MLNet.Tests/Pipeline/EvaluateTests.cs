using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Measures trained models on rows.</summary>
[TestClass]
public sealed class EvaluateTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void LossesAndMetricsAreThoseOfTheRows()
    {
        FuseTransformer model = Own(_ml.Fuse().Train(Options()).Fit(Samples.Keyed(_ml, 60)));
        EvaluationResult result = _ml.Fuse().Evaluate(model, Samples.Keyed(_ml, 33, seed: 5));
        Assert.AreEqual(33, result.RowCount);
        Assert.AreEqual(ClosedForm(model, 33, seed: 5), result["test.losses.cls_loss"], 1e-6);
        Assert.AreEqual(result["test.losses.cls_loss"], result["test.losses.total_loss"]);
        Assert.AreEqual(33.0, result["test.metrics.labels.rows"]);
        Assert.AreEqual(Samples.Blobs(33, 5).Average(row => (double)row.Key), result["test.metrics.labels.mean"], 1e-12);
        CollectionAssert.AreEqual(new[] { "test.losses.cls_loss", "test.losses.total_loss", "test.metrics.labels.mean", "test.metrics.labels.rows" }, result.Values.Select(value => value.Name).ToArray());
        Assert.Contains("Did you mean 'test.losses.cls_loss'", Assert.Throws<KeyNotFoundException>(() => result["test.losses.cls_los"]).Message);
    }

    [TestMethod]
    public void PipelineIsMeasuredAsAWhole()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(60));
        ITransformer model = Own(_ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Fuse().Train(Options())).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(rows));
        EvaluationResult result = _ml.Fuse().Evaluate(model, rows);
        Assert.AreEqual(_ml.MulticlassClassification.Evaluate(Keyed(model).Transform(Samples.Keyed(_ml, 60))).LogLoss, result["test.losses.cls_loss"], 1e-5);
    }

    [TestMethod]
    public void LoadedModelIsMeasuredByATrainersLosses()
    {
        FuseTrainer trainer = _ml.Fuse().Train(Options());
        IDataView rows = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(trainer.Fit(rows));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        ITransformer loaded = Own(_ml.Model.Load(path, out _));
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().Evaluate(loaded, rows));
        Assert.Contains("Evaluate(model, data, trainer)", error.Message);
        Assert.AreEqual(_ml.Fuse().Evaluate(model, rows).Values, _ml.Fuse().Evaluate(loaded, rows, trainer).Values);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void MetricOfEachRowIsTheMetricOfThatRow(bool hasIds)
    {
        FuseTrainer.Options options = Options();
        options.SampleIdColumnName = hasIds ? "Patient" : null;
        options.TestMetrics["half"] = new MetricFilterRows(new MeanMetric("data.label"), batch => batch["data.label"].gt(0));
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 60)));
        EvaluationResult result = _ml.Fuse().Evaluate(model, Samples.Keyed(_ml, 33, seed: 5));
        Sample[] rows = Samples.Blobs(33, 5);
        CollectionAssert.AreEqual(rows.Select((row, i) => hasIds ? row.Patient : $"{i}").ToArray(), result.PerSample("labels").Select(row => row.SampleId).ToArray());
        CollectionAssert.AreEqual(rows.Select(row => (double)row.Key).ToArray(), result.PerSample("labels").Select(row => row.Result["mean"]).ToArray());
        Assert.Contains("Did you mean 'labels'", Assert.Throws<KeyNotFoundException>(() => result.PerSample("label")).Message);
        Assert.Contains("leaves rows out", Assert.Throws<InvalidOperationException>(() => result.PerSample("half")).Message);
    }

    [TestMethod]
    public void StandardizedTargetIsMeasuredAsInValidation()
    {
        FuseTrainer trainer = _ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Target", [1]) { Standardize = true } },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(2, 1), Inputs = ["data.input"], Outputs = ["model.out"] },
            Losses = { ["mse"] = new LossDefault((p, t) => nn.functional.mse_loss(p, t), "model.out", "data.label") },
            MaxEpochs = 1,
            BatchSize = 8,
        });
        IDataView rows = Samples.Keyed(_ml, 30), validation = Samples.Keyed(_ml, 20, seed: 2);
        FuseTransformer model = Own(trainer.Fit(rows, validation));
        Assert.AreEqual(model.History["validation.losses.total_loss"][0], _ml.Fuse().Evaluate(model, validation)["test.losses.total_loss"], 1e-6);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        ITransformer loaded = Own(_ml.Model.Load(path, out _));
        Assert.Contains("'data.label' was standardized", Assert.Throws<InvalidOperationException>(() => _ml.Fuse().Evaluate(loaded, validation, trainer)).Message);
    }

    [TestMethod]
    public void LossThatLearnedIsMeasuredWithTheModelInMemory()
    {
        FuseTrainer.Options options = Options();
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = [BatchKeys.Logits] };
        options.Losses["cls_loss"] = new TemperatureLoss();
        options.Outputs["Score"] = new(BatchKeys.Logits, "Label");
        FuseTrainer trainer = _ml.Fuse().Train(options);
        IDataView rows = Samples.Keyed(_ml, 60);
        FuseTransformer model = Own(trainer.Fit(rows, rows));
        Assert.AreEqual(model.History["validation.losses.cls_loss"][model.BestEpoch!.Value], _ml.Fuse().Evaluate(model, rows)["test.losses.cls_loss"], 1e-6);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        ITransformer loaded = Own(_ml.Model.Load(path, out _));
        Assert.Contains("A loss has parameters that were trained", Assert.Throws<InvalidOperationException>(() => _ml.Fuse().Evaluate(loaded, rows, trainer)).Message);
    }

    [TestMethod]
    public void ModelWithoutANetworkIsRefused()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(5));
        ArgumentException error = Assert.Throws<ArgumentException>(() => _ml.Fuse().Evaluate(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows), rows));
        Assert.Contains("has no network", error.Message);
    }

    [TestMethod]
    public void EvaluatingLeavesTheModelAsItWas()
    {
        FuseTransformer model = Own(_ml.Fuse().Train(Options()).Fit(Samples.Keyed(_ml, 60)));
        byte[] weights = Learning.Weights(model.Network);
        byte[] state = random.get_rng_state().bytes.ToArray();
        _ml.Fuse().Evaluate(model, Samples.Keyed(_ml, 20));
        CollectionAssert.AreEqual(weights, Learning.Weights(model.Network));
        CollectionAssert.AreEqual(state, random.get_rng_state().bytes.ToArray());
    }

    private static FuseTransformer Keyed(ITransformer model) => ((IEnumerable<ITransformer>)model).OfType<FuseTransformer>().Single();

    private static double ClosedForm(FuseTransformer model, int count, int seed)
    {
        using var scope = NewDisposeScope();
        Sample[] rows = Samples.Blobs(count, seed);
        // The trainer standardized the features by its training rows.
        Sample[] trained = Samples.Blobs(60);
        float[] Standardized(Sample row) => [.. row.Features.Select((value, i) =>
        {
            double mean = trained.Average(other => (double)other.Features[i]);
            return (float)((value - mean) / Math.Sqrt(trained.Average(other => Math.Pow(other.Features[i] - mean, 2))));
        })];
        Tensor logits = Learning.Forward(model.Network, rows.Select(row => new Sample { Features = Standardized(row) }));
        return nn.functional.cross_entropy(logits, tensor(rows.Select(row => (long)row.Key).ToArray())).item<float>();
    }

    private static FuseTrainer.Options Options() => new()
    {
        Columns = { ["data.input"] = new("Features") { Standardize = true }, ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.logits.cls"] },
        Losses = { ["cls_loss"] = new LossCrossEntropy { Pred = "model.logits.cls", Target = "data.label" } },
        TestMetrics = { ["labels"] = new MeanMetric("data.label") },
        Outputs = { ["Score"] = new("model.logits.cls", "Label") { Activation = Activation.Softmax } },
        MaxEpochs = 3,
        BatchSize = 16,
    };
}
