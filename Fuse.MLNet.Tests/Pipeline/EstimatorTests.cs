using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Tests;

/// <summary>Runs every estimator of the library, in each of its forms, through the check of what ML.NET asks of an estimator.</summary>
[TestClass]
public sealed class EstimatorTests : LeakCheckedTest
{
    private const int Rows = 14;
    private static readonly string[] Classes = ["Score", "PredictedLabel"];
    private static readonly string[] YesOrNo = ["Score", "Probability", "PredictedLabel"];

    private static readonly Dictionary<string, Func<EstimatorTests, EstimatorCase>> Cases = new(StringComparer.Ordinal)
    {
        ["multiclass, text label"] = test => test.Simple("Label"),
        ["multiclass, number label"] = test => test.Simple("Number"),
        ["multiclass, key without values"] = test => test.Simple("Key"),
        ["multiclass, renamed"] = test => test.Simple("Label", new() { MaxEpochs = 1, ScoreColumnName = "P", PredictedLabelColumnName = "C" }) with { Added = ["P", "C"] },
        ["multiclass, weights and ids"] = test => test.Simple("Label", new() { MaxEpochs = 1, ExampleWeightColumnName = "Id", SampleIdColumnName = "Patient" }) with { Labels = ["Label", "Id", "Patient"] },
        ["multiclass, sampling key"] = test => test.Simple("Label", new() { MaxEpochs = 1, ValidationFraction = 0.4, SamplingKeyColumnName = "Patient" }) with { Labels = ["Label", "Patient"] },
        ["multiclass, validation column"] = test => test.Simple("Label", new() { MaxEpochs = 1, ValidationColumnName = "IsValidation" }) with { Labels = ["Label", "IsValidation"] },
        ["multiclass, whole pipeline"] = test => test.Simple("Label") is var simple
            ? simple with { Estimator = simple.Estimator.Append(test._ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")) } : null!,
        ["multiclass, FuseNeuralNetwork"] = test => new(test._ml.MulticlassClassification.Trainers.FuseNeuralNetwork(maxEpochs: 1), test.Keyed, ["Features"], ["Label"], Classes),
        ["regression"] = test => test.Simple("Target", network: Network.Of<TinyClassifier>(2, 1)) with { Added = ["Score"] },
        ["regression, standardized"] = test => new(test._ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Features") { Standardize = true }, "Target", options: Once()), test.Keyed, ["Features"], ["Target"], ["Score"]),
        ["vector outputs"] = test => new(test._ml.Fuse().Train(Network.Of<TinyClassifier>(2, 2), new TensorColumn("Features"), "Features", Loss.MeanSquaredError(), Once()), test.Keyed, ["Features"], [], ["Score"]),
        ["regression, FuseNeuralNetwork"] = test => new(test._ml.Regression.Trainers.FuseNeuralNetwork("Target", maxEpochs: 1), test.Keyed, ["Features"], ["Target"], ["Score"]),
        ["binary"] = test => test.Simple("IsValidation", network: Network.Of<TinyClassifier>(2, 1)) with { Added = YesOrNo },
        ["binary, outputs of its own"] = test => test.Binary(),
        ["binary, FuseNeuralNetwork"] = test => new(test._ml.BinaryClassification.Trainers.FuseNeuralNetwork("IsValidation", maxEpochs: 1), test.Keyed, ["Features"], ["IsValidation"], YesOrNo),
        ["multi-label"] = test => test.Task("Flags", Classes),
        ["multi-output regression"] = test => test.Task("Numbers", "Score"),
        ["segmentation"] = test => new(Tasks.Simple(test._ml, "Map"), Tasks.Rows(test._ml, Rows), ["Features"], ["Map"], Classes),
        ["long form, several outputs"] = test => test.LongForm(null),
        ["module of the user's own"] = test => test.LongForm(LightningModule.Of<CustomClassifier>(1e-3)),
        ["sparse features"] = test => test.Sparse(),
        ["images"] = test => test.Images(),
        ["several inputs"] = test => test.Scans("model.wrap_seq_to_dict", "data.blood", "data.left"),
        ["multi-head"] = test => test.Scans("model.multi_head", "data.left", "data.right", "data.age", "data.blood"),
        ["multi-stream"] = test => test.Scans("streams of columns", "data.left", "data.right"),
        ["siamese"] = test => test.Scans("model.siamese", "data.left"),
        ["feature fusion"] = test => test.Scans("model.feature_fusion", "data.left", "data.age", "data.blood"),
        ["ensemble of descriptions"] = test => test.Scans("model.ensemble", "data.left", "data.right"),
        ["dense segmentation"] = test => test.Scans("head.dense_segmentation", "data.left", "data.age"),
        ["TorchScript"] = test => test.Script(),
        ["files"] = test => test.Files(),
        ["loss, cross-entropy of probabilities"] = test => test.LossOf(test._ml.Fuse().Losses.CrossEntropy()),
        ["loss, cross-entropy of logits"] = test => test.LossOf(test._ml.Fuse().Losses.CrossEntropy("L", "Features", scoreKind: ScoreKind.Logit, labelColumnName: "Two"), "L", "Features", "Two"),
        ["loss, focal"] = test => test.LossOf(test._ml.Fuse().Losses.Focal()),
        ["loss, Dice"] = test => test.LossOf(test._ml.Fuse().Losses.Dice(scoreShape: [3, 1, 1], labelShape: [1, 1])),
        ["loss, binary cross-entropy"] = test => test.LossOf(test._ml.Fuse().Losses.BinaryCrossEntropy(scoreColumnName: "Target", labelColumnName: "IsValidation", scoreKind: ScoreKind.Logit), "Loss", "Target", "IsValidation"),
        ["loss, squared error"] = test => test.LossOf(test._ml.Fuse().Losses.SquaredError(scoreColumnName: "Target", labelColumnName: "Id"), "Loss", "Target", "Id"),
        ["loss, absolute error"] = test => test.LossOf(test._ml.Fuse().Losses.AbsoluteError(scoreColumnName: "Target", labelColumnName: "Id"), "Loss", "Target", "Id"),
        ["loss of any kind"] = test => test.LossOf(test._ml.Fuse().Losses.Of(new LossMeanSquaredError { Pred = "a", Target = "b" },
            new Dictionary<string, TensorColumn> { ["a"] = new("Target"), ["b"] = new("Id") }), "Loss", "Target", "Id"),
    };

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Names => Cases.Keys.Select(name => new object[] { name });

    private IDataView Keyed => Both(Samples.Blobs(Rows));

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void KeepsTheContract(string name) => new EstimatorCheck(_ml, Folder).Check(Cases[name](this));

    [TestMethod]
    [DataRow(EnsembleVote.Mean)]
    [DataRow(EnsembleVote.Majority)]
    public void EnsembleKeepsTheContract(EnsembleVote vote)
    {
        IDataView rows = Keyed;
        FuseTransformer[] members = [.. Enumerable.Range(1, 2).Select(seed => Own(Learning.Classifier(new MLContext(seed)).Fit(rows)))];
        new EstimatorCheck(_ml, Folder).CheckTransformer(Own(_ml.Fuse().Ensemble(members, vote)), new EstimatorCase(null!, rows, ["Features"], ["Label"], Classes));
    }

    [TestMethod]
    public void CheckSeesAPromiseThatIsNotKept()
    {
        EstimatorCase simple = Simple("Label");
        Assert.ThrowsExactly<AssertFailedException>(() => new EstimatorCheck(_ml, Folder).Check(simple with { Estimator = new Promiseless(simple.Estimator) }));
        Assert.ThrowsExactly<AssertFailedException>(() => new EstimatorCheck(_ml, Folder).Check(simple with { Inputs = ["Features", "Id"] }));
    }

    private static FuseTrainer.TrainingOptions Once() => new() { MaxEpochs = 1, BatchSize = 4 };

    private EstimatorCase Simple(string label, FuseTrainer.TrainingOptions? options = null, Network? network = null) =>
        new(_ml.Fuse().Train(network ?? Network.Of<TinyClassifier>(), new TensorColumn("Features"), label, options: options ?? Once()), Keyed, ["Features"], [label], Classes);

    private EstimatorCase Task(string label, params string[] added) =>
        new(_ml.Fuse().Train(Network.Of<TinyClassifier>(4, 2), new TensorColumn("Features", [4]), label, options: Once()), Tasks.Rows(_ml, Rows), ["Features"], [label], added);

    private EstimatorCase Binary() => new(_ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("IsValidation") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(2, 1), Inputs = ["data.input"], Outputs = ["model.logit"] },
        Losses = { ["bce"] = new LossDefault((p, t) => nn.functional.binary_cross_entropy_with_logits(p.squeeze(1), t), "model.logit", "data.label") },
        Outputs = { ["Score"] = new("model.logit") { Kind = OutputKind.Scalar }, ["Probability"] = new("model.logit") { Kind = OutputKind.Scalar, Activation = Activation.Sigmoid } },
        MaxEpochs = 1,
    }), Keyed, ["Features"], ["IsValidation"], ["Score", "Probability"]);

    private EstimatorCase LongForm(LightningModuleSpec? module)
    {
        var options = new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Module = module,
            Outputs = { ["Score"] = new("model.output", "Label") { Activation = Activation.Softmax }, ["Second"] = new("model.output", "Key"), ["Raw"] = new("model.output") },
            MaxEpochs = 1,
        };
        if (module is null)
        {
            options.Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.output"] };
            options.Losses["cls"] = new LossCrossEntropy { Pred = "model.output", Target = "data.label" };
        }
        return new(_ml.Fuse().Train(options), Keyed, ["Features"], ["Label", "Key"], ["Score", "PredictedLabel", "Second", "Second.PredictedLabel", "Raw"]);
    }

    private EstimatorCase Sparse()
    {
        IDataView rows = Keyed;
        rows = _ml.Transforms.Categorical.OneHotEncoding("Hot", "Patient").Fit(rows).Transform(rows);
        return new(_ml.Fuse().Train(Network.Of<TinyClassifier>(3, 3), new TensorColumn("Hot"), "Label", options: Once()), rows, ["Hot"], ["Label"], Classes);
    }

    private EstimatorCase Images()
    {
        // New images on each pass, as ML.NET's image steps dispose what they are given.
        IDataView rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(i => new Picture
        {
            Image = MLImage.CreateFromPixels(6, 6, MLPixelFormat.Bgra32, [.. Enumerable.Range(0, 144).Select(j => (byte)((i * 17) + j))]),
            Label = "abc"[i % 3].ToString(),
        }));
        IEstimator<ITransformer> steps = _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.ExtractPixels("Pixels", "Image", colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Red));
        return new(_ml.Fuse().Train(Network.Of<TinyConvolution>(), new TensorColumn("Pixels", [1, 6, 6]) { Mean = [128], StandardDeviation = [64] }, "Label", options: Once()),
            steps.Fit(rows).Transform(rows), ["Pixels"], ["Label"], Classes);
    }

    private EstimatorCase Scans(string model, params string[] inputs)
    {
        bool isMap = model.StartsWith("head.dense", StringComparison.Ordinal);
        string key = ModelSamples.ClassKey(model);
        var options = new FuseTrainer.Options
        {
            Model = ModelSamples.Models[model],
            Losses = { ["loss"] = new LossDefault((p, t) => nn.functional.mse_loss(p.mean([1]), t), key, "data.target") },
            Outputs = { ["Score"] = new(key) },
            MaxEpochs = 1,
            BatchSize = 7,
        };
        foreach (string input in inputs.Append("data.target"))
            options.Columns[input] = Scan.Columns[input];
        if (isMap)
            options.Outputs["Map"] = new("model.output.map");
        return new(_ml.Fuse().Train(options), Scan.Rows(_ml, Rows), [.. inputs.Select(input => Scan.Columns[input].ColumnName)], ["Target"], isMap ? ["Score", "Map"] : ["Score"]);
    }

    private EstimatorCase Script()
    {
        _ml.Fuse().AllowTorchScript = true;
        return Simple("Label", network: Network.TorchScript(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt")));
    }

    private EstimatorCase Files()
    {
        FileRow[] rows = [.. Enumerable.Range(0, Rows).Select(i =>
        {
            string path = Path.Combine(Folder, $"{i}.bin");
            File.WriteAllBytes(path, [(byte)i, (byte)(i * 3)]);
            return new FileRow { Path = path, Target = i };
        })];
        return new(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new TensorColumn("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>(0.25) }, "Target", options: Once()),
            _ml.Data.LoadFromEnumerable(rows), ["Path"], ["Target"], ["Score"]);
    }

    private EstimatorCase LossOf(LossEstimator stage, string output = "Loss", string score = "Score", string label = "Label")
    {
        IDataView rows = Own(Learning.Classifier(_ml).Fit(Keyed)).Transform(Keyed);
        return new(stage, rows, [score, label], [], [output]);
    }

    private IDataView Both(Sample[] samples)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(samples);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Conversion.MapValueToKey("Number"))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Two", "IsValidation")).Fit(rows).Transform(rows);
    }

    /// <summary>Promises nothing of what its estimator adds.</summary>
    private sealed class Promiseless(IEstimator<ITransformer> inner) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => inner.Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            inner.GetOutputSchema(inputSchema);
            return inputSchema;
        }
    }

    private sealed class Picture
    {
        [ImageType(6, 6)]
        public MLImage? Image { get; set; }

        public string Label { get; set; } = "";
    }
}
