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

    private sealed class Grid
    {
        public string Label { get; set; } = "";

        [VectorType(2, 3)]
        public float[] Features { get; set; } = [];
    }
}
