using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SchemaErrorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("missing", "'Features'", "Did you mean 'Feature'?")]
    [DataRow("text", "'Features' is String", "has no tensor form")]
    [DataRow("variable size", "vector of unknown size", "new TensorColumn(\"Features\", [784])")]
    [DataRow("text label", "'Label' is String", "MapValueToKey(\"Label\")")]
    [DataRow("number label", "a classifier needs a key", "MapValueToKey(\"Label\")")]
    [DataRow("no label", "'Label'", "Did you mean 'Lable'?")]
    public void PromisingRefusesWhatDoesNotFit(string what, string expected, string help)
    {
        IDataView view = View(what);
        SchemaShape shape = SchemaProbe.ShapeOf(view);
        Check(() => Learning.Classifier(_ml).GetOutputSchema(shape), expected, help);
        Check(() => Learning.Classifier(_ml).Fit(view), expected, help);
    }

    [TestMethod]
    [DataRow("wrong size", "'Features' has 3 values", "needs 2")]
    [DataRow("scalar", "'Features' is a scalar Single", "needs a vector of 2 values")]
    public void FittingRefusesASizeThatDoesNotFit(string what, string expected, string help) =>
        Check(() => Trainer([2]).Fit(View(what)), expected, help);

    [TestMethod]
    [DataRow("missing", "'Features'", "Did you mean 'Feature'?")]
    [DataRow("text", "'Features' is String", "has no tensor form")]
    [DataRow("variable size", "vector of unknown size", "[VectorType(784)]")]
    public void ScoringRefusesWhatDoesNotFit(string what, string expected, string help)
    {
        FuseTransformer transformer = Own(Learning.Classify());
        Check(() => transformer.Transform(View(what)), expected, help);
        Check(() => transformer.GetOutputSchema(View(what).Schema), expected, help);
        Check(() => transformer.GetRowToRowMapper(View(what).Schema), expected, help);
    }

    [TestMethod]
    public void ScoringRefusesASizeThatDoesNotFit()
    {
        FuseTransformer transformer = Own(Trainer([2]).Fit(Samples.Keyed(_ml, 12)));
        Check(() => transformer.Transform(View("wrong size")), "'Features' has 3 values", "needs 2");
    }

    [TestMethod]
    public void ScoringNeedsNoLabel()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        IDataView unlabelled = _ml.Data.LoadFromEnumerable(Samples.Blobs(4).Select(row => new Unlabelled { Features = row.Features }));
        Assert.HasCount(4, Learning.Scores(transformer.Transform(unlabelled)));
    }

    [TestMethod]
    public void AVariableVectorIsFineWithAShapeAndCheckedRowByRow()
    {
        Network network = Network.Of<TinyClassifier>(3, 3);
        var trainer = _ml.Fuse().Train(network, new TensorColumn("Features", [3]), "Label", Loss.CrossEntropy(), new() { MaxEpochs = 1 });
        FuseTransformer transformer = Own(trainer.Fit(View("variable size")));
        Assert.HasCount(3, Learning.Scores(transformer.Transform(View("variable size")))[0]);
        IDataView uneven = _ml.Data.LoadFromEnumerable(new[] { new VariableRow { Features = [1, 2] } });
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Scores(transformer.Transform(uneven)));
        Assert.Contains("'Features' has 2 values in row 0", error.Message);
    }

    [TestMethod]
    [DataRow(2, 1, "Mean has 2 values")]
    [DataRow(1, 2, "StandardDeviation has 2 values")]
    [DataRow(1, 0, "not positive")]
    public void NormalizationMustFitTheChannels(int means, int deviations, string expected)
    {
        var input = new TensorColumn("Features", [1, 2])
        {
            Mean = new float[means],
            StandardDeviation = deviations == 0 ? [0f] : Enumerable.Repeat(1f, deviations).ToArray(),
        };
        Check(() => _ml.Fuse().Train(Network.Of<TinyClassifier>(), input).Fit(Samples.Keyed(_ml, 6)), expected, "'Features'");
    }

    private FuseTrainer Trainer(ValueList<long> shape) =>
        _ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features", shape), options: new() { MaxEpochs = 1 });

    private static void Check(Action action, string expected, string help)
    {
        ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(action);
        Assert.Contains(expected, error.Message);
        Assert.Contains(help, error.Message);
        Assert.IsTrue(error.Data.Contains("ML_IsMarked"), "ML.NET unwraps only errors that carry its mark.");
    }

    private IDataView View(string what)
    {
        Sample[] rows = Samples.Blobs(6);
        IDataView view = what switch
        {
            "missing" => _ml.Data.LoadFromEnumerable(rows.Select(row => new MisnamedFeatures { Feature = row.Features, Label = row.Label })),
            "text" => _ml.Data.LoadFromEnumerable(rows.Select(row => new TextFeatures { Features = "1 2", Label = row.Label })),
            "variable size" => _ml.Data.LoadFromEnumerable(rows.Select(row => new VariableRow { Features = [1, 2, 3], Label = row.Label })),
            "wrong size" => _ml.Data.LoadFromEnumerable(rows.Select(row => new LongRow { Features = [1, 2, 3], Label = row.Label })),
            "scalar" => _ml.Data.LoadFromEnumerable(rows.Select(row => new ScalarRow { Features = 1, Label = row.Label })),
            "number label" => _ml.Data.LoadFromEnumerable(rows.Select(row => new NumberLabel { Features = row.Features, Label = row.Number })),
            "no label" => _ml.Data.LoadFromEnumerable(rows.Select(row => new MisnamedLabel { Features = row.Features, Lable = row.Label })),
            _ => _ml.Data.LoadFromEnumerable(rows),
        };
        return what is "text label" or "number label" or "no label" ? view : _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
    }

    private sealed class MisnamedFeatures
    {
        [VectorType(2)]
        public float[] Feature { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class MisnamedLabel
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public string Lable { get; set; } = "";
    }

    private sealed class NumberLabel
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }

    private sealed class Unlabelled
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class TextFeatures
    {
        public string Features { get; set; } = "";

        public string Label { get; set; } = "";
    }

    private sealed class VariableRow
    {
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class LongRow
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        public string Label { get; set; } = "";
    }

    private sealed class ScalarRow
    {
        public float Features { get; set; }

        public string Label { get; set; } = "";
    }
}
