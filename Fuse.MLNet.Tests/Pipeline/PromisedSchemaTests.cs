using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Compares the schema that a trainer promises with the schema that its transformer delivers, both as ML.NET sees them.</summary>
[TestClass]
public sealed class PromisedSchemaTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("text label", new[] { "Score", "PredictedLabel" }, "SlotNames,TrainingLabelValues")]
    [DataRow("number label", new[] { "Score", "PredictedLabel" }, "TrainingLabelValues")]
    [DataRow("key without values", new[] { "Score", "PredictedLabel" }, "")]
    [DataRow("regression", new[] { "Score" }, "")]
    [DataRow("vector label", new[] { "Score" }, "")]
    [DataRow("renamed", new[] { "P", "C" }, "SlotNames,TrainingLabelValues")]
    [DataRow("long form", new[] { "Score", "PredictedLabel", "Second", "Second.PredictedLabel", "Raw" }, "SlotNames,TrainingLabelValues")]
    [DataRow("Flag", new[] { "Score", "Probability", "PredictedLabel" }, "ScoreColumnSetId,ScoreColumnKind,ScoreValueKind,FuseScoreKind")]
    [DataRow("Flags", new[] { "Score", "PredictedLabel" }, "SlotNames,ScoreColumnKind,FuseScoreKind")]
    [DataRow("Numbers", new[] { "Score" }, "SlotNames,ScoreColumnKind")]
    [DataRow("Map", new[] { "Score", "PredictedLabel" }, "ScoreColumnKind,FuseScoreKind")]
    [DataRow("Flag, long form", new[] { "Score", "Probability", "PredictedLabel", "Again", "Again.Probability", "Again.PredictedLabel" }, "ScoreColumnKind")]
    [DataRow("Map, long form", new[] { "Score", "PredictedLabel", "Again", "Again.PredictedLabel" }, "ScoreColumnKind")]
    [DataRow("binary network", new[] { "Score", "Probability", "PredictedLabel" }, "ScoreColumnKind,FuseScoreKind")]
    [DataRow("regression network", new[] { "Score" }, "ScoreColumnKind")]
    public void PromisedIsDelivered(string what, string[] added, string valueAnnotations)
    {
        (IEstimator<ITransformer> start, FuseTrainer trainer) = Case(what);
        var probe = new SchemaProbe();
        ITransformer model = Own<ITransformer>(start.Append(trainer).Append(probe).Fit(IsTask(what) ? _ml.Data.LoadFromEnumerable(TaskRow.Make(12)) : _ml.Data.LoadFromEnumerable(Samples.Blobs(12))));
        SchemaShape delivered = SchemaProbe.ShapeOf(probe.Delivered!);
        SchemaShape Added(SchemaShape shape) => new(shape.Where(column => added.Contains(column.Name)));
        CollectionAssert.AreEquivalent(probe.Promised!.Select(column => column.Name).ToArray(), delivered.Select(column => column.Name).ToArray());
        SchemaProbe.AreEqual(Added(probe.Promised!), Added(delivered));
        SchemaShape.Column score = delivered.Single(column => column.Name == added[0]);
        CollectionAssert.IsSubsetOf(valueAnnotations.Split(',', StringSplitOptions.RemoveEmptyEntries), score.Annotations.Select(column => column.Name).ToArray());
    }

    [TestMethod]
    public void TheScoreNamesItsSlotsAndThePredictedLabelItsKeys()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        DataViewSchema schema = transformer.GetOutputSchema(Samples.Keyed(_ml, 6).Schema);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 3), schema["Score"].Type);
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 3), schema["PredictedLabel"].Type);
        foreach ((string column, string annotation) in new[] { ("Score", "SlotNames"), ("Score", "TrainingLabelValues"), ("PredictedLabel", "KeyValues") })
            Assert.AreEqual("a,b,c", TextAnnotation(schema[column], annotation));
        ReadOnlyMemory<char> kind = default;
        schema["Score"].Annotations.GetValue("ScoreColumnKind", ref kind);
        Assert.AreEqual("MulticlassClassification", kind.ToString());
    }

    [TestMethod]
    public void ClassesAreTheKeysAndNotTheLabelsSeen()
    {
        // Only two of the key's three values occur.
        Sample[] rows = [.. Samples.Blobs(12).Where(row => row.Key < 2)];
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key").Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.HasCount(3, Learning.Scores(transformer.Transform(_ml.Data.LoadFromEnumerable(rows)))[0]);
    }

    private static string TextAnnotation(DataViewSchema.Column column, string name)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(name, ref values);
        return string.Join(',', values.DenseValues());
    }

    private static bool IsTask(string what) => what.Split(',')[0] is "Flag" or "Flags" or "Numbers" or "Map" or "binary network" or "regression network";

    private (IEstimator<ITransformer> Start, FuseTrainer Trainer) Case(string what)
    {
        FuseTrainer.TrainingOptions once = new() { MaxEpochs = 1 };
        var features = new TensorColumn("Features");
        Network network = Network.Of<TinyClassifier>();
        IEstimator<ITransformer> key = _ml.Transforms.Conversion.MapValueToKey("Label");
        IEstimator<ITransformer> same = _ml.Transforms.CopyColumns("Copy", "Id");
        return what switch
        {
            _ when IsTask(what) => (Tasks.Labels(_ml), what switch
            {
                "binary network" => _ml.BinaryClassification.Trainers.FuseNeuralNetwork("Flag", maxEpochs: 1),
                "regression network" => _ml.Regression.Trainers.FuseNeuralNetwork("Number", maxEpochs: 1),
                "Flag, long form" => Tasks.Long(_ml, "Flag", Activation.Sigmoid),
                "Map, long form" => Tasks.Long(_ml, "Map", Activation.Softmax),
                _ => Tasks.Simple(_ml, what),
            }),
            "text label" => (key, _ml.Fuse().Train(network, features, "Label", Loss.CrossEntropy(), once)),
            "number label" => (_ml.Transforms.Conversion.MapValueToKey("Number"), _ml.Fuse().Train(network, features, "Number", null, once)),
            "key without values" => (same, _ml.Fuse().Train(network, features, "Key", null, once)),
            "regression" => (same, _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), features, "Target", null, once)),
            "vector label" => (same, _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 2), features, "Features", Loss.MeanSquaredError(), once)),
            "renamed" => (key, _ml.Fuse().Train(network, features, "Label", null, new() { MaxEpochs = 1, ScoreColumnName = "P", PredictedLabelColumnName = "C" })),
            _ => (key, _ml.Fuse().Train(new FuseTrainer.Options
            {
                MaxEpochs = 1,
                Columns = { ["data.features"] = new("Features"), ["data.label"] = new("Label"), ["data.key"] = new("Key") },
                Model = new ModelWrapSeqToDict { Model = network, Inputs = ["data.features"], Outputs = ["model.logits.cls"] },
                Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
                Outputs =
                {
                    ["Score"] = new("model.logits.cls", "Label") { Activation = Activation.Softmax },
                    ["Second"] = new("model.logits.cls", "Key"),
                    ["Raw"] = new("model.logits.cls"),
                },
            })),
        };
    }
}
