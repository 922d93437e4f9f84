using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Joins trained models.</summary>
[TestClass]
public sealed class EnsembleTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TheMeanOfModelsFromFilesIsThatOfTheirScores(bool standardized)
    {
        // Members of other seeds and rows, so that each has another mean and deviation of the column.
        FuseTransformer[] members = [.. Enumerable.Range(0, 3).Select(seed => Own(Member(seed, new TensorColumn("Features") { Standardize = standardized })))];
        IDataView view = Samples.Keyed(_ml, 12);
        float[][][] scores = [.. members.Select(member => Learning.Scores(member.Transform(view)))];
        ITransformer[] loaded = [.. members.Select((member, i) => Own(SavedAndLoaded(member, $"fold_{i}.zip")))];
        FuseTransformer ensemble = Own(_ml.Fuse().Ensemble(loaded));
        float[][] expected = [.. Enumerable.Range(0, 12).Select(row => Enumerable.Range(0, 3).Select(c => scores.Average(member => member[row][c])).ToArray())];
        foreach (ITransformer other in loaded)
            ((IDisposable)other).Dispose();
        Learning.AreEqual(expected, Learning.Scores(ensemble.Transform(view)), 1e-6f);
        IDataView again = Own(SavedAndLoaded(ensemble, "ensemble.zip")).Transform(view);
        Learning.AreEqual(Learning.Scores(ensemble.Transform(view)), Learning.Scores(again));
        Assert.AreEqual(1, _ml.MulticlassClassification.Evaluate(again).MicroAccuracy);
    }

    [TestMethod]
    public void MajorityVotesByRowAndTheMeanDecidesBetweenEqualVotes()
    {
        // Networks of fixed weights: scores are softmax of features times weights.
        float[][] slopes = [[5, 0, 0], [5, 0, 0], [0, 9, 0], [0, 9, 0]];
        FuseTransformer[] members = [.. slopes.Select(weights => Own(Fixed(weights)))];
        Row[] rows = [.. new[] { 1f, -1f, 0.1f }.Select(value => new Row { Features = [value] })];
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        float[][] votes = Learning.Scores(Own(_ml.Fuse().Ensemble(members, EnsembleVote.Majority)).Transform(view));
        float[][] three = Learning.Scores(Own(_ml.Fuse().Ensemble(members[..3], EnsembleVote.Majority)).Transform(view));
        double[][] means = [.. rows.Select(row => Enumerable.Range(0, 3).Select(c => slopes.Average(weights => Formula.Softmax([.. weights.Select(slope => (double)slope * row.Features[0])])[c])).ToArray())];
        for (int row = 0; row < rows.Length; row++)
        {
            int[] choices = [.. slopes.Select(weights => Largest([.. weights.Select(slope => slope * rows[row].Features[0])]))];
            double[] mean = Formula.Softmax(means[row]);
            Formula.AreEqual([.. Enumerable.Range(0, 3).Select(c => (choices.Count(choice => choice == c) + mean[c]) / 5)], [.. votes[row].Select(value => (double)value)], $"row {row}");
            Assert.AreEqual(1, votes[row].Sum(), 1e-6);
        }

        // At 1 two members say class 0 and two, surer, class 1; of the first three, two say 0.
        Assert.AreEqual(1, Largest(votes[0]));
        Assert.AreEqual(0, Largest(three[0]));
    }

    [TestMethod]
    public void PipelinesAreJoinedByTheirNetworks()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(60));
        ITransformer keys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows);
        var folds = _ml.MulticlassClassification.CrossValidate(keys.Transform(rows), Learning.Classifier(_ml), numberOfFolds: 3);
        foreach (var fold in folds)
            Own(fold.Model);
        IEstimator<ITransformer> text = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel");
        ITransformer ensemble = Own(_ml.Fuse().Ensemble(folds.Select(fold => fold.Model)));
        IDataView scored = ensemble.Transform(keys.Transform(rows));
        Assert.HasCount(60, text.Fit(scored).Transform(scored).GetColumn<string>("PredictedLabel").ToArray());
        using PredictionEngine<Sample, Prediction> engine = _ml.Model.CreatePredictionEngine<Sample, Prediction>(keys.Append(ensemble));
        Learning.AreEqual([Learning.Scores(scored)[0]], [engine.Predict(Samples.Blobs(60)[0]).Score], 1e-6f);
    }

    [TestMethod]
    public void NumbersAreAveraged()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(30));
        FuseTransformer[] members = [.. Enumerable.Range(0, 2).Select(seed => Own(new MLContext(seed).Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features"), "Target").Fit(view)))];
        float[][] scores = [.. members.Select(member => member.Transform(view).GetColumn<float>("Score").ToArray())];
        foreach (EnsembleVote vote in Enum.GetValues<EnsembleVote>())
        {
            float[] joined = [.. Own(_ml.Fuse().Ensemble(members, vote)).Transform(view).GetColumn<float>("Score")];
            Learning.AreEqual([[.. scores[0].Zip(scores[1], (a, b) => (a + b) / 2)]], [joined], 1e-5f);
        }
    }

    [TestMethod]
    [DataRow(EnsembleVote.Mean)]
    [DataRow(EnsembleVote.Majority)]
    public void ALossStageBehindAnEnsembleKnowsThatScoresAreProbabilities(EnsembleVote vote)
    {
        IDataView view = Samples.Keyed(_ml, 6);
        FuseTransformer ensemble = Own(_ml.Fuse().Ensemble([Own(Member(1, new TensorColumn("Features"))), Own(Member(2, new TensorColumn("Features")))], vote));
        IDataView scored = Own(SavedAndLoaded(ensemble, "ensemble.zip")).Transform(view);
        IDataView judged = Own(_ml.Fuse().Losses.CrossEntropy("Loss", "Score", "Label").Fit(scored)).Transform(scored);
        float[][] scores = Learning.Scores(scored);
        uint[] labels = [.. scored.GetColumn<uint>("Label")];
        float[] losses = [.. judged.GetColumn<float>("Loss")];
        for (int row = 0; row < losses.Length; row++)
            Assert.AreEqual(-Math.Log(scores[row][labels[row] - 1]), losses[row], 1e-5);
        Assert.Contains("has no losses and metrics of its own", Assert.Throws<InvalidOperationException>(() => _ml.Fuse().Evaluate(ensemble, view)).Message);
    }

    [TestMethod]
    public void ClassMapsOfWholeNumbersAreAveragedToo()
    {
        IDataView view = Samples.Keyed(_ml, 6);
        FuseTransformer Whole(int seed) => new MLContext(seed).Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.x"] = new("Features"), ["data.label"] = new("Label") },
            Model = new ModelEnsemble { Models = [new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.x"], Outputs = ["model.output.cls"] }] },
            Losses = { ["loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "model.output.ensemble_output_0.cls", "data.label") },
            Outputs = { ["Class"] = new("model.output.cls_ensemble_majority_vote") { Kind = OutputKind.Scalar } },
            MaxEpochs = 1,
        }).Fit(view);
        FuseTransformer[] members = [Own(Whole(1)), Own(Whole(2))];
        float[][] classes = [.. members.Select(member => member.Transform(view).GetColumn<float>("Class").ToArray())];
        float[] joined = [.. Own(_ml.Fuse().Ensemble(members)).Transform(view).GetColumn<float>("Class")];
        Learning.AreEqual([[.. classes[0].Zip(classes[1], (a, b) => (a + b) / 2)]], [joined]);
    }

    [TestMethod]
    public void WhatDoesNotGoTogetherIsNamed()
    {
        IDataView view = Samples.Keyed(_ml, 12);
        FuseTransformer member = Own(Member(1, new TensorColumn("Features")));
        void Refused(string expected, params ITransformer[] models) => Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Own(_ml.Fuse().Ensemble(models))).Message);
        Refused("needs at least one model");
        Refused("has no network", _ml.Transforms.Conversion.MapValueToKey("Label").Fit(view));
        Refused("Model 1 of the ensemble reads 'data.input' from column 'Copy', an earlier one from column 'Features'", member,
            Own(Learning.Classifier(_ml, input: "Copy").Fit(_ml.Transforms.CopyColumns("Copy", "Features").Fit(view).Transform(view))));
        Refused("Model 1 of the ensemble gives 'Score' [3] of probabilities", member, Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key", Loss.CrossEntropy()).Fit(view)));
        Refused("Model 1 of the ensemble is a module of a class of its own", member, Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Module = LightningModule.Of<CustomClassifier>(0.1),
            Outputs = { ["Score"] = new("model.output", "Label") },
        }).Fit(view)));
    }

    /// <summary>Makes a model of one input whose score is softmax of the input times a weight for each class.</summary>
    private FuseTransformer Fixed(float[] weights)
    {
        FuseTransformer model = _ml.Fuse().Train(Network.Of<TinyClassifier>(1, 3), new TensorColumn("Features"), "Label", Loss.CrossEntropy(), new() { MaxSteps = 1 })
            .Fit(_ml.Data.LoadFromEnumerable(new[] { new Row(), new Row { Label = 1 } }));
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        model.Network.get_parameter("_linear.weight")!.copy_(tensor(weights).reshape(3, 1));
        model.Network.get_parameter("_linear.bias")!.zero_();
        return model;
    }

    private static int Largest(float[] values) => Array.IndexOf(values, values.Max());

    private static FuseTransformer Member(int seed, TensorColumn input)
    {
        var ml = new MLContext(seed);
        return ml.Fuse().Train(Network.Of<TinyClassifier>(), input, "Label", Loss.CrossEntropy(), new() { MaxEpochs = 20, BatchSize = 16, Optimizer = Optimizers.Adam(0.05) })
            .Fit(Samples.Keyed(ml, 45, seed));
    }

    private ITransformer SavedAndLoaded(ITransformer model, string file)
    {
        string path = Path.Combine(Folder, file);
        _ml.Model.Save(model, Samples.Keyed(_ml, 3).Schema, path);
        return new MLContext().Model.Load(path, out _);
    }

    private sealed class Row
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [0];

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
