using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Asks ML.NET's own permutation feature importance about networks whose weights are known, by each of its overloads.</summary>
[TestClass]
public sealed class FeatureImportanceTests : LeakCheckedTest
{
    private const int Rows = 60;
    private const int Permutations = 30;
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>The mean squared error of a perfect line grows by twice the squared weight times the variance.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Regression(bool isLoaded)
    {
        IDataView rows = Data();
        ITransformer model = Fit(rows, Line([2, -1], 1), isLoaded);
        ImmutableArray<RegressionMetricsStatistics> single = new MLContext(seed: 3).Regression.PermutationFeatureImportance(Last(model), model.Transform(rows), "Target", permutationCount: Permutations);
        ImmutableDictionary<string, RegressionMetricsStatistics> named = new MLContext(seed: 3).Regression.PermutationFeatureImportance(model, model.Transform(rows), "Target", permutationCount: Permutations);
        IsAbout(2 * 4 * Variance(row => row.X), named["X"].MeanSquaredError);
        IsAbout(2 * Variance(row => row.Y), named["Y"].MeanSquaredError);
        Assert.AreEqual(0, named["Zero"].MeanSquaredError.Mean);
        CollectionAssert.AreEqual(single.Select(slot => slot.MeanSquaredError.Mean).ToArray(), new[] { "X", "Y", "Zero" }.Select(name => named[name].MeanSquaredError.Mean).ToArray());
    }

    /// <summary>A label that follows from X alone is met by chance when X is permuted: two of three classes' rows are missed.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Multiclass(bool isLoaded)
    {
        IDataView rows = Data();
        ITransformer model = Fit(rows, _ml.Fuse().Train(Network.Of<FixedLinear>(new float[] { -10, 0, 0, 0, 0, 0, 10, 0, 0 }, new float[] { 0, 2, 0 }), new TensorColumn("Features"), options: Still()), isLoaded);
        ImmutableArray<MulticlassClassificationMetricsStatistics> single = new MLContext(seed: 3).MulticlassClassification.PermutationFeatureImportance(Last(model), model.Transform(rows), permutationCount: Permutations);
        ImmutableDictionary<string, MulticlassClassificationMetricsStatistics> named = new MLContext(seed: 3).MulticlassClassification.PermutationFeatureImportance(model, model.Transform(rows), permutationCount: Permutations);
        IsAbout(-2 / 3.0, named["X"].MicroAccuracy);
        Assert.AreEqual(0, named["Y"].LogLoss.Mean);
        CollectionAssert.AreEqual(single.Select(slot => slot.LogLoss.Mean).ToArray(), new[] { "X", "Y", "Zero" }.Select(name => named[name].LogLoss.Mean).ToArray());
    }

    /// <summary>A third of the labels is positive: a permuted X meets p^2 + q^2 of them.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Binary(bool isLoaded)
    {
        IDataView rows = Data();
        ITransformer model = Fit(rows, _ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("IsPositive") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<FixedLinear>(new float[] { 1, 0, 0 }, new float[] { -0.5f }), Inputs = ["data.input"], Outputs = ["model.logit"] },
            Losses = { ["bce"] = new LossDefault((p, t) => nn.functional.binary_cross_entropy_with_logits(p.squeeze(1), t), "model.logit", "data.label") },
            Outputs =
            {
                ["Score"] = new("model.logit") { Kind = OutputKind.Scalar },
                ["Probability"] = new("model.logit") { Kind = OutputKind.Scalar, Activation = Activation.Sigmoid },
                ["PredictedLabel"] = new("model.logit") { Kind = OutputKind.Scalar },
            },
            Optimizer = Optimizers.SGD(0),
            MaxEpochs = 1,
        }), isLoaded);
        ImmutableArray<BinaryClassificationMetricsStatistics> single = new MLContext(seed: 3).BinaryClassification.PermutationFeatureImportance(Last(model), model.Transform(rows), "IsPositive", permutationCount: Permutations);
        ImmutableDictionary<string, BinaryClassificationMetricsStatistics> named = new MLContext(seed: 3).BinaryClassification.PermutationFeatureImportanceNonCalibrated(model, model.Transform(rows), "IsPositive", permutationCount: Permutations);
        IsAbout((1 / 9.0) + (4 / 9.0) - 1, named["X"].Accuracy);
        Assert.AreEqual(0, named["Y"].AreaUnderRocCurve.Mean);
        CollectionAssert.AreEqual(single.Select(slot => slot.Accuracy.Mean).ToArray(), new[] { "X", "Y", "Zero" }.Select(name => named[name].Accuracy.Mean).ToArray());
    }

    [TestMethod]
    public void SeveralInputsAreRefusedWithWhatToUseInstead()
    {
        FuseTransformer model = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.left"] = Scan.Columns["data.left"], ["data.blood"] = Scan.Columns["data.blood"], ["data.label"] = Scan.Columns["data.label"] },
            Model = ModelSamples.Models["model.wrap_seq_to_dict"],
            Losses = { ["nll"] = new LossDefault((p, t) => nn.functional.nll_loss(p.log(), t), "model.output.cls", "data.label") },
            Outputs = { ["Score"] = new("model.output.cls") },
            MaxEpochs = 1,
        }).Fit(Scan.Rows(_ml, 12)));
        foreach (Action ask in new Action[]
        {
            () => _ml.MulticlassClassification.PermutationFeatureImportance(model, Scan.Rows(_ml, 12)),
            () => _ml.MulticlassClassification.PermutationFeatureImportance((ITransformer)model, Scan.Rows(_ml, 12)),
        })
        {
            InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(ask);
            Assert.Contains("'Left', 'Blood'", error.Message);
            Assert.Contains("mlContext.Fuse().PermutationFeatureImportance", error.Message);
        }
    }

    [TestMethod]
    public void FilesAreRefusedWithWhatToUseInstead()
    {
        string path = Path.Combine(Folder, "row.bin");
        File.WriteAllBytes(path, [1, 2]);
        ISingleFeaturePredictionTransformer<nn.Module> model = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>() }, "Target", options: Still())
            .Fit(_ml.Data.LoadFromEnumerable([new FileRow { Path = path, Target = 1 }, new FileRow { Path = path, Target = 2 }])));
        Assert.Contains("the files of 'Path'", Assert.ThrowsExactly<InvalidOperationException>(() => model.FeatureColumnName).Message);
        Assert.ThrowsExactly<InvalidOperationException>(() => model.FeatureColumnType);
    }

    [TestMethod]
    public void TransformerTellsItsFeatureColumnAndNetwork()
    {
        ITransformer model = Fit(Data(), Line([2, -1], 1), isLoaded: false);
        ISingleFeaturePredictionTransformer<nn.Module> told = Last(model);
        Assert.AreEqual("Features", told.FeatureColumnName);
        Assert.AreEqual(NumberDataViewType.Single, ((VectorDataViewType)told.FeatureColumnType).ItemType);
        Assert.AreSame(Last(model).Network, told.Model);
        Assert.IsFalse(((VectorDataViewType)told.FeatureColumnType).IsKnownSize, "The trainer was not told a shape.");
        ISingleFeaturePredictionTransformer<nn.Module> shaped = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features", [2]), options: Still()).Fit(Samples.Keyed(_ml, 12)));
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 2), shaped.FeatureColumnType);
    }

    private static FuseTransformer Last(ITransformer model) => ((IEnumerable<ITransformer>)model).OfType<FuseTransformer>().Single();

    private static void IsAbout(double expected, MetricStatistics actual)
    {
        Assert.AreEqual(Permutations, actual.Count);
        Assert.AreEqual(expected, actual.Mean, 4 * actual.StandardError);
        Assert.IsLessThan(Math.Abs(expected) / 10, actual.StandardError);
    }

    private static double Variance(Func<Row, double> value)
    {
        double[] values = [.. Row.Make(Rows).Select(value)];
        return values.Average(one => Math.Pow(one - values.Average(), 2));
    }

    private static FuseTrainer.TrainingOptions Still() => new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0) };

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Row.Make(Rows));

    private FuseTrainer Line(float[] weights, float bias) =>
        _ml.Fuse().Train(Network.Of<FixedLinear>(new float[] { weights[0], weights[1], 5 }, new[] { bias }), new TensorColumn("Features"), "Target", options: Still());

    private ITransformer Fit(IDataView rows, IEstimator<ITransformer> trainer, bool isLoaded)
    {
        ITransformer model = Own<ITransformer>(_ml.Transforms.Concatenate("Features", "X", "Y", "Zero").Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(trainer).Append(_ml.Transforms.CopyColumns("Copy", "Score")).Fit(rows));
        if (!isLoaded)
            return model;
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        return Own(new MLContext().Model.Load(path, out _));
    }

    private sealed class Row
    {
        public float X { get; set; }

        public float Y { get; set; }

        public float Zero { get; set; }

        public string Label { get; set; } = "";

        public float Target { get; set; }

        public bool IsPositive { get; set; }

        public static Row[] Make(int count)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, count).Select(i =>
            {
                (float x, float y) = ((i % 3) - 1, random.NextSingle());
                return new Row { X = x, Y = y, Label = "abc"[i % 3].ToString(), Target = (2 * x) - y + 1, IsPositive = x > 0.5f };
            })];
        }
    }
}
