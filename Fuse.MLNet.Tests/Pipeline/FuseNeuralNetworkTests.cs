using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class FuseNeuralNetworkTests : LeakCheckedTest
{
    [TestMethod]
    public void OneLineLearnsThreeClassesFromFeaturesOfAnyScale()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadFromEnumerable(Rows(300, seed: 1));
        IDataView test = ml.Data.LoadFromEnumerable(Rows(150, seed: 2));
        ITransformer model = Own<ITransformer>(ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.Concatenate("Features", "Metres", "Grams", "Share"))
            .Append(ml.MulticlassClassification.Trainers.FuseNeuralNetwork(maxEpochs: 15))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(train));
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));
        Assert.IsGreaterThan(0.9, metrics.MicroAccuracy);

        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(model, train.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        Learning.AreEqual(Learning.Scores(model.Transform(test)), Learning.Scores(loaded.Transform(test)), 1e-6f);
        CollectionAssert.AreEqual(model.Transform(test).GetColumn<string>("PredictedLabel").ToArray(), loaded.Transform(test).GetColumn<string>("PredictedLabel").ToArray());
    }

    [TestMethod]
    public void FeaturesOfSeveralDimensionsAreLearnedFlat()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        Grid[] rows = [.. Enumerable.Range(0, 90).Select(i => new Grid
        {
            Label = $"class {i % 3}",
            Features = [.. Enumerable.Range(0, 6).Select(j => (float)random.NextDouble() + (j == i % 3 ? 5 : 0))],
        })];
        IDataView unmapped = ml.Data.LoadFromEnumerable(rows);
        IDataView view = ml.Transforms.Conversion.MapValueToKey("Label").Fit(unmapped).Transform(unmapped);
        FuseTransformer transformer = Own(ml.MulticlassClassification.Trainers.FuseNeuralNetwork(maxEpochs: 15).Fit(view));
        Assert.HasCount(15, transformer.History.Epochs);
        Assert.IsGreaterThan(0.9, ml.MulticlassClassification.Evaluate(transformer.Transform(view)).MicroAccuracy);
    }

    [TestMethod]
    public void OneLineTellsYesFromNo()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Tasks.Rows(ml, 300), test = Tasks.Rows(ml, 200, seed: 2);
        FuseTransformer model = Own(ml.BinaryClassification.Trainers.FuseNeuralNetwork("Flag", maxEpochs: 20).Fit(train));
        CalibratedBinaryClassificationMetrics metrics = ml.BinaryClassification.Evaluate(model.Transform(test), "Flag");
        Assert.IsGreaterThan(0.95, metrics.Accuracy);
        Assert.IsGreaterThan(0.5, metrics.LogLossReduction);
        SavedScoresAreEqual(ml, model, test);
    }

    [TestMethod]
    public void OneLinePredictsNumbersInTheirOwnUnits()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Tasks.Rows(ml, 300), test = Tasks.Rows(ml, 200, seed: 2);
        FuseTransformer model = Own(ml.Regression.Trainers.FuseNeuralNetwork("Number", maxEpochs: 20).Fit(train));
        // The number is around 1000 and varies by 360.
        Assert.IsGreaterThan(0.97, ml.Regression.Evaluate(model.Transform(test), "Number").RSquared);
        double mean = train.GetColumn<float>("Number").Average();
        var network = (nn.Module)model.Network;
        Assert.AreEqual(mean, network.state_dict()["units.mean"].At(0), 1e-2);
        // The loss is that of a label of deviation 1.
        Assert.IsLessThan(2, model.History["train.losses.loss"][0]);
        SavedScoresAreEqual(ml, model, test);
    }

    [TestMethod]
    public void OneLinePredictsSeveralNumbersEachInItsUnits()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(ml.Regression.Trainers.FuseNeuralNetwork("Numbers", maxEpochs: 20).Fit(Tasks.Rows(ml, 300)));
        MultiOutputRegressionMetrics metrics = ml.Fuse().EvaluateMultiOutputRegression(model.Transform(Tasks.Rows(ml, 200, seed: 2)), "Numbers");
        CollectionAssert.AreEqual(new[] { "Up", "Down" }, metrics.PerOutput.Select(output => output.Name).ToArray());
        foreach (OutputRegressionMetrics output in metrics.PerOutput)
            Assert.IsGreaterThan(0.9, output.RSquared);
    }

    [TestMethod]
    public void CategoriesAreEmbeddedAndMissingValuesTaken()
    {
        var ml = new MLContext(seed: 1);
        var log = new LogRecorder(ml);
        var random = new Random(1);
        Flat[] flats = [.. Enumerable.Range(0, 400).Select(i => new Flat
        {
            Size = random.NextSingle(),
            Noise = i % 5 == 0 ? float.NaN : random.NextSingle(),
            // What a missing value says can be learned, too.
            Price = (i % 7 * 3) + (i % 5 == 0 ? 4 : 0),
            Quarter = $"quarter {i % 7}",
        })];
        IDataView view = ml.Data.LoadFromEnumerable(flats);
        var options = new FuseTrainer.NeuralNetworkOptions
        {
            LabelColumnName = "Price",
            FeatureColumnName = null,
            NumericColumnNames = { "Size", "Noise" },
            CategoricalColumnNames = { "Quarter" },
            HiddenSizes = [32, 32],
            DropoutRate = 0,
            MaxEpochs = 60,
            ValidationFraction = 0.1,
            Callbacks = { new EarlyStopping(new("validation.losses.total_loss"), patience: 10) },
        };
        ITransformer model = Own<ITransformer>(ml.Transforms.Conversion.MapValueToKey("Quarter").Append(ml.Regression.Trainers.FuseNeuralNetwork(options)).Fit(view));
        IDataView scored = model.Transform(view);
        Assert.IsGreaterThan(0.97, ml.Regression.Evaluate(scored, "Price").RSquared);
        Assert.DoesNotContain("finite_inputs", log.Text);
        // A quarter that training did not see is scored as one that is not known.
        float[] strange = [.. model.Transform(ml.Data.LoadFromEnumerable(new[] { new Flat { Quarter = "elsewhere" }, new Flat { Quarter = "" } })).GetColumn<float>("Score")];
        Assert.IsTrue(float.IsFinite(strange[0]));
        Assert.AreEqual(strange[0], strange[1]);
    }

    [TestMethod]
    public void OptionsAreCopiedAndTheSeedDecides()
    {
        var options = new FuseTrainer.NeuralNetworkOptions { LabelColumnName = "Flag", MaxEpochs = 2 };
        float[] Scores()
        {
            var ml = new MLContext(seed: 5);
            FuseTrainer trainer = ml.BinaryClassification.Trainers.FuseNeuralNetwork(options);
            options.LabelColumnName = "Number";
            IDataView rows = Tasks.Rows(ml, 50);
            FuseTransformer model = Own(trainer.Fit(rows));
            options.LabelColumnName = "Flag";
            return [.. model.Transform(rows).GetColumn<float>("Score")];
        }

        CollectionAssert.AreEqual(Scores(), Scores());
    }

    [TestMethod]
    [DataRow("binary, number", "The label column 'Number' is Scalar of Single; a binary classifier needs a Boolean", "DataKind.Boolean")]
    [DataRow("regression, Boolean", "The label column 'Flag' is Scalar of Boolean; a regression needs a Single", "DataKind.Single")]
    [DataRow("multiclass, number", "'Number' is Scalar of Single; a classifier needs a key", "MapValueToKey(\"Number\")")]
    [DataRow("key as number", "Column 'Colour' is a key", "CategoricalColumnNames")]
    [DataRow("number as key", "CategoricalColumnNames takes keys", "MapValueToKey(\"Up\")")]
    [DataRow("missing category", "has no column 'Colours'", "Did you mean 'Colour'?")]
    public void ColumnsThatDoNotFitAreRefusedWithTheSchema(string what, string expected, string help)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = Tasks.Rows(ml, 6);
        rows = ml.Transforms.CopyColumns("Colour", "Up").Append(ml.Transforms.Conversion.MapValueToKey("Colour")).Fit(rows).Transform(rows);
        FuseTrainer trainer = what switch
        {
            "binary, number" => ml.BinaryClassification.Trainers.FuseNeuralNetwork("Number"),
            "regression, Boolean" => ml.Regression.Trainers.FuseNeuralNetwork("Flag"),
            "multiclass, number" => ml.MulticlassClassification.Trainers.FuseNeuralNetwork("Number"),
            "key as number" => ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { LabelColumnName = "Number", NumericColumnNames = { "Colour" } }),
            "number as key" => ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { LabelColumnName = "Number", CategoricalColumnNames = { "Up" } }),
            _ => ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { LabelColumnName = "Number", CategoricalColumnNames = { "Colours" } }),
        };
        foreach (Action refused in new Action[] { () => trainer.GetOutputSchema(SchemaProbe.ShapeOf(rows)), () => trainer.Fit(rows) })
        {
            ArgumentOutOfRangeException error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(refused);
            Assert.Contains(expected, error.Message);
            Assert.Contains(help, error.Message);
        }
    }

    [TestMethod]
    public void OptionsOutOfRangeAreRefusedAtOnce()
    {
        var trainers = new MLContext().Regression.Trainers;
        void Refuses(string expected, Action<FuseTrainer.NeuralNetworkOptions> change)
        {
            var options = new FuseTrainer.NeuralNetworkOptions();
            change(options);
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => trainers.FuseNeuralNetwork(options)).Message);
        }

        Refuses("nothing to learn from", options => options.FeatureColumnName = null);
        Refuses("'Label' is named twice", options => options.NumericColumnNames.Add("Label"));
        Refuses("'A' is named twice", options =>
        {
            options.NumericColumnNames.Add("A");
            options.CategoricalColumnNames.Add("A");
        });
        Refuses("null or empty", options => options.CategoricalColumnNames.Add(""));
        Refuses("HiddenSizes", options => options.HiddenSizes = [8, 0]);
        Refuses("DropoutRate", options => options.DropoutRate = 1);
        Refuses("LabelColumnName", options => options.LabelColumnName = "");
        Refuses("FeatureColumnName", options => options.FeatureColumnName = "");
        Assert.Throws<ArgumentException>(() => trainers.FuseNeuralNetwork(maxEpochs: 0));
        Assert.Throws<ArgumentException>(() => trainers.FuseNeuralNetwork(featureColumnName: ""));
    }

    private void SavedScoresAreEqual(MLContext ml, FuseTransformer model, IDataView rows)
    {
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(model, rows.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        CollectionAssert.AreEqual(model.Transform(rows).GetColumn<float>("Score").ToArray(), loaded.Transform(rows).GetColumn<float>("Score").ToArray());
    }

    private static IEnumerable<Thing> Rows(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
            yield return new Thing
            {
                Label = $"class {i % 3}",
                Metres = 1e6f + (1000 * (i % 3 == 0 ? 1 : 0)) + (200 * (float)random.NextDouble()),
                Grams = (0.001f * (i % 3 == 1 ? 1 : 0)) + (0.0002f * (float)random.NextDouble()),
                Share = (float)random.NextDouble(),
            };
    }

    private sealed class Thing
    {
        public string Label { get; set; } = "";

        public float Metres { get; set; }

        public float Grams { get; set; }

        public float Share { get; set; }
    }

    private sealed class Flat
    {
        public float Size { get; set; }

        public float Noise { get; set; }

        public float Price { get; set; }

        public string Quarter { get; set; } = "";
    }

    private sealed class Grid
    {
        public string Label { get; set; } = "";

        [VectorType(2, 3)]
        public float[] Features { get; set; } = [];
    }
}
