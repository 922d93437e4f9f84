using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Tests;

/// <summary>Permutes whole columns, images and words, and compares with evaluations of rows that were permuted by hand.</summary>
[TestClass]
public sealed class ColumnImportanceTests : LeakCheckedTest
{
    private const int Rows = 30;
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    [DataRow(null)]
    [DataRow(20)]
    public void ChangesAreThoseOfRowsPermutedByHand(int? examples)
    {
        ITransformer model = Fit();
        ImmutableDictionary<string, EvaluationStatistics> importances = _ml.Fuse().PermutationFeatureImportance(model, Data(), numberOfExamplesToUse: examples, permutationCount: 3);
        CollectionAssert.AreEquivalent(new[] { "Picture", "Word" }, importances.Keys.ToArray());
        Item[] items = [.. Item.Make(examples ?? Rows)];
        EvaluationResult baseline = _ml.Fuse().Evaluate(model, Data(items));
        foreach ((string column, Func<Item, Item, Item> exchange) in new (string, Func<Item, Item, Item>)[]
        {
            ("Picture", (item, other) => item with { Shade = other.Shade }),
            ("Word", (item, other) => item with { Word = other.Word }),
        })
        {
            EvaluationResult[] permuted = [.. Enumerable.Range(0, 3).Select(i =>
            {
                int[] order = TrainingSeeds.Permutation(items.Length, 5, i);
                return _ml.Fuse().Evaluate(model, Data([.. items.Select((item, row) => exchange(item, items[order[row]]))]));
            })];
            CollectionAssert.AreEqual(baseline.Values.Select(value => value.Name).ToArray(), importances[column].Values.Select(value => value.Name).ToArray());
            foreach (MetricChange change in importances[column].Values)
            {
                double[] changes = [.. permuted.Select(result => result[change.Name] - baseline[change.Name])];
                Assert.AreEqual(baseline[change.Name], change.Baseline, change.Name);
                Assert.AreEqual(changes.Average(), change.Mean, 1e-12, change.Name);
                double deviation = Math.Sqrt(changes.Sum(value => Math.Pow(value - changes.Average(), 2)) / 2);
                Assert.AreEqual(deviation, change.StandardDeviation, 1e-12, change.Name);
                Assert.AreEqual(deviation / Math.Sqrt(3), change.StandardError, 1e-12, change.Name);
                Assert.AreEqual(3, change.Count);
            }
        }
        Assert.IsGreaterThan(0.5, importances["Picture"]["test.losses.cls_loss"].Mean, "The class is in the picture.");
        Assert.IsLessThan(-0.2, importances["Picture"]["test.metrics.accuracy"].Mean);
        Assert.IsLessThan(importances["Picture"]["test.losses.cls_loss"].Mean / 10, Math.Abs(importances["Word"]["test.losses.cls_loss"].Mean), "The word is noise.");
    }

    [TestMethod]
    public void SameSeedGivesTheSameAndLoadedModelTooWithItsTrainer()
    {
        FuseTrainer trainer = Trainer();
        ITransformer model = Fit(trainer);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, Data().Schema, path);
        ITransformer loaded = Own(_ml.Model.Load(path, out _));
        Assert.Contains("give the trainer", Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Fuse().PermutationFeatureImportance(loaded, Data())).Message);
        ValueList<MetricChange> expected = _ml.Fuse().PermutationFeatureImportance(model, Data(), columnNames: ["Picture"])["Picture"].Values;
        ImmutableDictionary<string, EvaluationStatistics> again = new MLContext(seed: 5).Fuse().PermutationFeatureImportance(loaded, Data(), trainer, ["Picture"]);
        Assert.AreEqual(expected, again.Single().Value.Values);
        Assert.IsTrue(expected.All(change => change.Count == 1 && change.StandardDeviation == 0));
    }

    [TestMethod]
    public void NetworkAloneIsMeasuredByItsOwnColumns()
    {
        ITransformer model = Fit();
        FuseTransformer network = ((IEnumerable<ITransformer>)model).OfType<FuseTransformer>().Single();
        ImmutableDictionary<string, EvaluationStatistics> alone = _ml.Fuse().PermutationFeatureImportance(network, model.Transform(Data()));
        CollectionAssert.AreEquivalent(new[] { "Pixels", "Hot" }, alone.Keys.ToArray());
        ImmutableDictionary<string, EvaluationStatistics> whole = _ml.Fuse().PermutationFeatureImportance(model, Data());
        Assert.AreEqual(whole["Picture"].Values, alone["Pixels"].Values);
        Assert.AreEqual(whole["Word"].Values, alone["Hot"].Values);
    }

    [TestMethod]
    public void WhatCannotBeMeasuredIsNamed()
    {
        ITransformer model = Fit();
        Assert.Contains("Did you mean 'Picture'", Assert.Throws<ArgumentException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data(), columnNames: ["Pictur"])).Message);
        Assert.Contains("does not read a column 'Label'", Assert.Throws<ArgumentException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data(), columnNames: ["Label"])).Message);
        Assert.Throws<ArgumentException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data(), columnNames: []));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data(), permutationCount: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data(), numberOfExamplesToUse: 0));
        Assert.Contains("no row", Assert.Throws<InvalidOperationException>(() => _ml.Fuse().PermutationFeatureImportance(model, Data([]))).Message);
        EvaluationStatistics statistics = _ml.Fuse().PermutationFeatureImportance(model, Data(), columnNames: ["Word"])["Word"];
        Assert.Contains("Did you mean 'test.metrics.accuracy'", Assert.Throws<KeyNotFoundException>(() => statistics["test.metrics.acuracy"]).Message);
    }

    private IDataView Data() => Data([.. Item.Make(Rows)]);

    // New images on each pass, as ML.NET's image steps dispose what they are given.
    private IDataView Data(Item[] items) => _ml.Data.LoadFromEnumerable(items.Select(item => new Row
    {
        Picture = MLImage.CreateFromPixels(6, 6, MLPixelFormat.Bgra32, [.. Enumerable.Repeat(item.Shade, 144)]),
        Word = item.Word,
        Label = item.Label,
    }));

    private FuseTrainer Trainer() => _ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.image"] = new("Pixels") { Mean = [100], StandardDeviation = [100] }, ["data.word"] = new("Hot"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<PictureAndWord>(), Inputs = ["data.image", "data.word"], Outputs = ["model.logits.cls"] },
        Losses = { ["cls_loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "model.logits.cls", "data.label") },
        TestMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label") },
        Outputs = { ["Score"] = new("model.logits.cls", "Label") { Activation = Activation.Softmax } },
        Optimizer = Optimizers.Adam(0.1),
        MaxEpochs = 30,
        BatchSize = 8,
    });

    private ITransformer Fit(FuseTrainer? trainer = null) => Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(_ml.Transforms.ExtractPixels("Pixels", "Picture", colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Red))
        .Append(_ml.Transforms.Categorical.OneHotEncoding("Hot", "Word"))
        .Append(trainer ?? Trainer())
        .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(Data()));

    /// <summary>Is what a row is made of: the class follows from the shade; the word says nothing.</summary>
    private sealed record Item(byte Shade, string Word, string Label)
    {
        public static IEnumerable<Item> Make(int count) => Enumerable.Range(0, count).Select(i => new Item((byte)((i % 3 * 100) + (i % 7)), i % 4 < 2 ? "yes" : "no", "abc"[i % 3].ToString()));
    }

    private sealed class Row
    {
        [ImageType(6, 6)]
        public MLImage? Picture { get; set; }

        public string Word { get; set; } = "";

        public string Label { get; set; } = "";
    }
}
