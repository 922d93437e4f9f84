using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Checks the columns of each task: their types, what ML.NET reads from their annotations, and their values against the scores.</summary>
[TestClass]
public sealed class TaskOutputTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void BinaryScoreIsALogitThatMLNetEvaluates(bool isLong)
    {
        FuseTransformer model = Own((isLong ? Tasks.Long(_ml, "Flag", Activation.Sigmoid, 20) : Tasks.Simple(_ml, "Flag", maxEpochs: 20)).Fit(Tasks.Rows(_ml, 120)));
        IDataView scored = model.Transform(Tasks.Rows(_ml, 80, seed: 2));
        float[] scores = [.. scored.GetColumn<float>("Score")];
        double[] probabilities = [.. scores.Select(score => Formula.Logistic(score))];
        Formula.AreEqual(probabilities, [.. scored.GetColumn<float>("Probability").Select(value => (double)value)], "Probability");
        CollectionAssert.AreEqual(scores.Select(score => score > 0).ToArray(), scored.GetColumn<bool>("PredictedLabel").ToArray());
        bool[] labels = [.. scored.GetColumn<bool>("Flag")];
        CalibratedBinaryClassificationMetrics metrics = _ml.BinaryClassification.Evaluate(scored, "Flag");
        Assert.AreEqual(labels.Zip(scores).Average(row => row.First == row.Second > 0 ? 1.0 : 0), metrics.Accuracy, 1e-9);
        // ML.NET measures in bits.
        Assert.AreEqual(labels.Zip(probabilities).Average(row => -Math.Log2(row.First ? row.Second : 1 - row.Second)), metrics.LogLoss, 1e-4);
        Assert.IsGreaterThan(0.9, metrics.AreaUnderRocCurve);
        Assert.AreEqual("BinaryClassification,Probability,True", $"{Text(scored, "Probability", "ScoreColumnKind")},{Text(scored, "Probability", "ScoreValueKind")},{IsNormalized(scored)}");
        Assert.AreEqual("BinaryClassification,Score,Logit", $"{Text(scored, "Score", "ScoreColumnKind")},{Text(scored, "Score", "ScoreValueKind")},{Text(scored, "Score", "FuseScoreKind")}");
        // A loss stage knows that it is given logits.
        IDataView losses = Own(_ml.Fuse().Losses.BinaryCrossEntropy(labelColumnName: "Flag").Fit(scored)).Transform(scored);
        Assert.AreEqual(metrics.LogLoss * Math.Log(2), losses.GetColumn<float>("Loss").Average(), 1e-4);
    }

    [TestMethod]
    public void BinaryWithoutALinkHasNoProbability()
    {
        FuseTransformer model = Own(Tasks.Long(_ml, "Flag", Activation.None).Fit(Tasks.Rows(_ml, 60)));
        IDataView scored = model.Transform(Tasks.Rows(_ml, 60));
        Assert.IsNull(scored.Schema.GetColumnOrNull("Probability"));
        double accuracy = scored.GetColumn<bool>("Flag").Zip(scored.GetColumn<float>("Score")).Average(row => row.First == row.Second > 0 ? 1.0 : 0);
        Assert.AreEqual(accuracy, _ml.BinaryClassification.EvaluateNonCalibrated(scored, "Flag").Accuracy, 1e-9);
        Assert.Contains("Activation = Softmax and the Boolean label 'Flag'",
            Assert.Throws<ArgumentException>(() => Tasks.Long(_ml, "Flag", Activation.Softmax).Fit(Tasks.Rows(_ml, 60))).Message);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LabelsBesideOthersArePredictedByTheirProbabilities(bool isLong)
    {
        FuseTransformer model = Own((isLong ? Tasks.Long(_ml, "Flags", Activation.Sigmoid, 20) : Tasks.Simple(_ml, "Flags", maxEpochs: 20)).Fit(Tasks.Rows(_ml, 120)));
        IDataView scored = model.Transform(Tasks.Rows(_ml, 80, seed: 2));
        float[][] scores = Learning.Scores(scored);
        bool[][] predicted = [.. scored.GetColumn<bool[]>("PredictedLabel")];
        for (int row = 0; row < scores.Length; row++)
            CollectionAssert.AreEqual(scores[row].Select(score => score > 0.5f).ToArray(), predicted[row]);
        foreach (string column in new[] { "Score", "PredictedLabel" })
            Assert.AreEqual("Left,Right", Names(scored, column, "SlotNames"));
        Assert.AreEqual("MultiLabelClassification", Text(scored, "Score", "ScoreColumnKind"));
        Assert.IsGreaterThan(0.85, _ml.Fuse().EvaluateMultiLabel(scored, "Flags").MicroF1Score);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SeveralNumbersAreNamedByTheirLabel(bool isLong)
    {
        FuseTransformer model = Own((isLong ? Tasks.Long(_ml, "Numbers", Activation.None) : Tasks.Simple(_ml, "Numbers")).Fit(Tasks.Rows(_ml, 40)));
        IDataView scored = model.Transform(Tasks.Rows(_ml, 10));
        Assert.AreEqual("Up,Down", Names(scored, "Score", "SlotNames"));
        Assert.AreEqual("MultiOutputRegression", Text(scored, "Score", "ScoreColumnKind"));
        Assert.IsNull(scored.Schema.GetColumnOrNull("PredictedLabel"));
        Assert.AreEqual("Up", _ml.Fuse().EvaluateMultiOutputRegression(scored, "Numbers").PerOutput[0].Name);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SegmentationPredictsAClassForEachPixel(bool isLong)
    {
        IDataView train = Tasks.Rows(_ml, 120);
        FuseTransformer model = Own((isLong ? Tasks.Long(_ml, "Map", Activation.Softmax, 10) : Tasks.Simple(_ml, "Map", maxEpochs: 10)).Fit(train));
        IDataView scored = model.Transform(Tasks.Rows(_ml, 30, seed: 2));
        var score = (VectorDataViewType)scored.Schema["Score"].Type;
        var predicted = (VectorDataViewType)scored.Schema["PredictedLabel"].Type;
        CollectionAssert.AreEqual(new[] { 3, 2, 2 }, score.Dimensions.ToArray());
        CollectionAssert.AreEqual(new[] { 2, 2 }, predicted.Dimensions.ToArray());
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 3), predicted.ItemType);
        Assert.AreEqual("high,low,middle", Names(scored, "PredictedLabel", "KeyValues"));
        foreach ((float[] scores, uint[] keys) in Learning.Scores(scored).Zip(scored.GetColumn<uint[]>("PredictedLabel")))
            for (int place = 0; place < 4; place++)
            {
                float[] here = [scores[place], scores[4 + place], scores[8 + place]];
                Assert.AreEqual(1, here.Sum(), 1e-5);
                Assert.AreEqual(Array.IndexOf(here, here.Max()) + 1, (int)keys[place]);
            }
        double accuracy = _ml.Fuse().EvaluateSegmentation(scored, "Map").PixelAccuracy;
        Assert.IsGreaterThan(0.8, accuracy);
        // The keys become the label's own values.
        IDataView values = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Append(_ml.Transforms.Conversion.MapKeyToValue("Map")).Fit(scored).Transform(scored);
        string[] found = [.. values.GetColumn<string[]>("PredictedLabel").SelectMany(row => row)], wanted = [.. values.GetColumn<string[]>("Map").SelectMany(row => row)];
        Assert.AreEqual(found.Zip(wanted).Average(pair => pair.First == pair.Second ? 1.0 : 0), accuracy, 1e-9);
    }

    [TestMethod]
    [DataRow("Flag")]
    [DataRow("Flags")]
    [DataRow("Numbers")]
    [DataRow("Map")]
    public void EveryTaskIsSavedAndServesPredictionEngines(string label)
    {
        IDataView rows = Tasks.Rows(_ml, 24);
        var trainer = label == "Map" ? Tasks.Simple(_ml, label) : _ml.Fuse().Train(Network.Of<TinyClassifier>(4, label == "Flag" ? 1 : 2), new TensorColumn("Features", [4]), label, options: new() { MaxEpochs = 1 });
        FuseTransformer model = Own(trainer.Fit(rows));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        IDataView expected = model.Transform(rows), actual = loaded.Transform(rows);
        Assert.AreEqual(string.Join('\n', expected.Schema.Select(column => $"{column.Name} {column.Type}")), string.Join('\n', actual.Schema.Select(column => $"{column.Name} {column.Type}")));
        foreach (string column in new[] { "Score", "Probability", "PredictedLabel" }.Where(name => expected.Schema.GetColumnOrNull(name) is not null))
            CollectionAssert.AreEqual(Values(expected, column), Values(actual, column));
        // Row by row, as prediction engines read.
        IRowToRowMapper mapper = loaded.GetRowToRowMapper(rows.Schema);
        using DataViewRowCursor cursor = rows.GetRowCursor(rows.Schema);
        using DataViewRow row = mapper.GetRow(cursor, mapper.OutputSchema);
        Assert.IsTrue(cursor.MoveNext());
        Assert.AreEqual(Values(expected, "Score")[0], ValuesOf(row, "Score"));
    }

    [TestMethod]
    [DataRow("Flag", 2, "one logit a row, [N] or [N, 1], for the label 'Flag'")]
    [DataRow("Flags", 3, "one output for each of the 2 values of 'Flags'")]
    [DataRow("Numbers", 3, "one output for each of the 2 values of 'Numbers'")]
    [DataRow("Map", 2, "one map for each of the 3 classes of 'Map', each of 4 places")]
    public void OutputsThatDoNotFitTheLabelAreRefusedAtTheFirstBatch(string label, int outputs, string expected)
    {
        Network network = label == "Map" ? Network.Of<PixelNet>(outputs) : Network.Of<TinyClassifier>(4, outputs);
        FuseTrainer trainer = _ml.Fuse().Train(network, label == "Map" ? new("Features") : new TensorColumn("Features", [4]), label, options: new() { MaxEpochs = 1 });
        Assert.Contains(expected, Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Tasks.Rows(_ml, 12))).Message);
    }

    [TestMethod]
    public void AnEnsembleOfBinaryModelsAveragesLogits()
    {
        IDataView rows = Tasks.Rows(_ml, 30);
        FuseTransformer[] members = [.. Enumerable.Range(1, 3).Select(seed => Own(new MLContext(seed).BinaryClassification.Trainers.FuseNeuralNetwork("Flag", maxEpochs: 1).Fit(rows)))];
        foreach (EnsembleVote vote in Enum.GetValues<EnsembleVote>())
        {
            IDataView scored = Own(_ml.Fuse().Ensemble(members, vote)).Transform(rows);
            float[][] scores = [.. members.Select(member => member.Transform(rows).GetColumn<float>("Score").ToArray())];
            double[] means = [.. Enumerable.Range(0, 30).Select(row => scores.Average(member => (double)member[row]))];
            Formula.AreEqual(means, [.. scored.GetColumn<float>("Score").Select(value => (double)value)], "Score");
            Formula.AreEqual([.. means.Select(Formula.Logistic)], [.. scored.GetColumn<float>("Probability").Select(value => (double)value)], "Probability");
        }
    }

    private static string[] Values(IDataView view, string column)
    {
        var values = new List<string>();
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        while (cursor.MoveNext())
            values.Add(ValuesOf(cursor, column));
        return [.. values];
    }

    private static string ValuesOf(DataViewRow row, string column)
    {
        DataViewSchema.Column found = row.Schema[column];
        return (string)typeof(TaskOutputTests).GetMethod(nameof(ValueOf), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!
            .MakeGenericMethod(found.Type.RawType).Invoke(null, [row, found])!;
    }

    private static string ValueOf<T>(DataViewRow row, DataViewSchema.Column column)
    {
        T value = default!;
        row.GetGetter<T>(column)(ref value);
        return value switch
        {
            VBuffer<float> buffer => string.Join(' ', buffer.DenseValues()),
            VBuffer<bool> buffer => string.Join(' ', buffer.DenseValues()),
            VBuffer<uint> buffer => string.Join(' ', buffer.DenseValues()),
            _ => $"{value}",
        };
    }

    private static string Text(IDataView view, string column, string annotation)
    {
        ReadOnlyMemory<char> text = default;
        view.Schema[column].Annotations.GetValue(annotation, ref text);
        return text.ToString();
    }

    private static bool IsNormalized(IDataView view)
    {
        bool value = false;
        view.Schema["Probability"].Annotations.GetValue("IsNormalized", ref value);
        return value;
    }

    private static string Names(IDataView view, string column, string annotation)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[column].Annotations.GetValue(annotation, ref names);
        return string.Join(',', names.DenseValues());
    }
}
