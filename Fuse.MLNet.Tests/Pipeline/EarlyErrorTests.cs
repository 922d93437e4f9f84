using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks that mistakes are errors before any row is read.</summary>
[TestClass]
public sealed class EarlyErrorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("ValidationColumnName")]
    [DataRow("SamplingKeyColumnName")]
    [DataRow("ExampleWeightColumnName")]
    public void AColumnThatIsMissingFailsWithTheSchema(string option)
    {
        FuseTrainer.TrainingOptions options = option switch
        {
            "ValidationColumnName" => new() { ValidationColumnName = "Patiend" },
            "SamplingKeyColumnName" => new() { ValidationFraction = 0.5, SamplingKeyColumnName = "Patiend" },
            _ => new() { ExampleWeightColumnName = "Patiend" },
        };
        FuseTrainer trainer = Learning.Classifier(_ml, options);
        ArgumentException error = Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(SchemaProbe.ShapeOf(Samples.Keyed(_ml, 3))));
        Assert.Contains("'Patiend'", error.Message);
        Assert.Contains("Did you mean 'Patient'?", error.Message);
    }

    [TestMethod]
    public void AValidationColumnThatIsNoBooleanFailsWithTheSchema()
    {
        FuseTrainer trainer = Learning.Classifier(_ml, new() { ValidationColumnName = "Patient" });
        Assert.Contains("expected a Boolean", Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(SchemaProbe.ShapeOf(Samples.Keyed(_ml, 3)))).Message);
    }

    [TestMethod]
    [DataRow("loss with a dot", "'a.b' cannot name a loss")]
    [DataRow("loss named as the total", "'total_loss' cannot name a loss")]
    [DataRow("loss without a name", "'' cannot name a loss")]
    [DataRow("key under a key", "'data' of Columns is also a branch")]
    [DataRow("key under a key, in turn", "'data' of Columns is also a branch")]
    [DataRow("key with an empty part", "'data..label' is not a batch key")]
    [DataRow("two columns of one name", "are both 'Score'")]
    public void OptionsThatCannotWorkAreRefusedAtOnce(string mistake, string expected)
    {
        FuseTrainer.Options options = Options();
        switch (mistake)
        {
            case "loss with a dot":
                options.Losses["a.b"] = Loss.CrossEntropy();
                break;
            case "loss named as the total":
                options.Losses["total_loss"] = Loss.CrossEntropy();
                break;
            case "loss without a name":
                options.Losses[""] = Loss.CrossEntropy();
                break;
            case "key under a key":
                options.Columns["data"] = new("Features");
                break;
            case "key under a key, in turn":
                options.Columns.Clear();
                options.Columns["data"] = new("Features");
                options.Columns["data.label"] = new("Label");
                break;
            case "key with an empty part":
                options.Columns["data..label"] = new("Label");
                break;
            default:
                options.PredictedLabelColumnName = "Score";
                break;
        }
        ArgumentException error = Assert.Throws<ArgumentException>(() => _ml.Fuse().Train(options));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void TheSameOptionsWithoutAMistakeTrain() => Own(_ml.Fuse().Train(Options()).Fit(Samples.Keyed(_ml, 12)));

    [TestMethod]
    public void TheSimpleFormRefusesEqualNamesToo() => Assert.Contains("are both 'Same'", Assert.Throws<ArgumentException>(() =>
        Learning.Classifier(_ml, new() { ScoreColumnName = "Same", PredictedLabelColumnName = "Same" })).Message);

    private static FuseTrainer.Options Options() => new()
    {
        MaxEpochs = 1,
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.logits.head_0"] },
        Losses = { ["cls"] = Loss.CrossEntropy() },
        Outputs = { ["Score"] = new("model.logits.head_0", "Label") { Activation = Activation.Softmax } },
    };
}
