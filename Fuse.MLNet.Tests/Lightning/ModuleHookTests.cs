using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Compares what the trainer calls on a module with the whole list, for training, resuming, scoring and measuring.</summary>
[TestClass]
public sealed class ModuleHookTests : LeakCheckedTest
{
    private static readonly string[] FirstEpoch =
    [
        "OnTrainEpochStart", "TrainingStep 0", "TrainingStep 1", "OnTrainEpochEnd",
        "OnValidationEpochStart", "ValidationStep validation", "OnValidationEpochEnd",
        "OnValidationEpochStart", "ValidationStep validation.more", "ValidationStep validation.more", "OnValidationEpochEnd", "callback 1",
    ];

    private static readonly string[] SecondEpoch =
    [
        "OnTrainEpochStart", "TrainingStep 2", "TrainingStep 3", "OnTrainEpochEnd",
        "OnValidationEpochStart", "ValidationStep validation", "OnValidationEpochEnd",
        "OnValidationEpochStart", "ValidationStep validation.more", "ValidationStep validation.more", "OnValidationEpochEnd", "callback 2",
    ];

    [TestMethod]
    public void CallsAreThoseOfTheList()
    {
        var ml = new MLContext(seed: 1);
        List<string> calls = CallLog.Of(Folder);
        FuseTransformer model = Own(Trainer(ml).Fit(Samples.Keyed(ml, 20), Samples.Keyed(ml, 10)));
        Check(calls, ["PredictStep", "ConfigureCallbacks", "ConfigureOptimizers", "OnFitStart", .. FirstEpoch, .. SecondEpoch, "OnFitEnd"]);

        Learning.Scores(model.Transform(Samples.Keyed(ml, 5)));
        // Scoring batches grow from one row, so five rows are batches of 1, 2 and 2.
        Check(calls, ["PredictStep", "PredictStep", "PredictStep"]);

        ml.Fuse().Evaluate(model, Samples.Keyed(ml, 20));
        Check(calls, ["OnTestEpochStart", "TestStep", "TestStep", "OnTestEpochEnd"]);
    }

    [TestMethod]
    public void ResumedRunCallsWhatIsLeft()
    {
        var ml = new MLContext(seed: 1);
        List<string> calls = CallLog.Of(Folder);
        Own(Trainer(ml, maxEpochs: 1, directory: Folder).Fit(Samples.Keyed(ml, 20), Samples.Keyed(ml, 10)));
        Check(calls, ["PredictStep", "ConfigureCallbacks", "ConfigureOptimizers", "OnFitStart", .. FirstEpoch, "OnFitEnd"]);
        Own(Trainer(ml, maxEpochs: 2, directory: Folder, resumeFrom: "last").Fit(Samples.Keyed(ml, 20), Samples.Keyed(ml, 10)));
        Check(calls, ["PredictStep", "ConfigureCallbacks", "ConfigureOptimizers", "OnFitStart", .. SecondEpoch, "OnFitEnd"]);
    }

    [TestMethod]
    public void ModuleNotesEveryHook()
    {
        static IEnumerable<string> Hooks(Type type, bool overridden) => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.IsVirtual && (method.GetBaseDefinition().DeclaringType == typeof(LightningModule)) && (overridden || method.DeclaringType == typeof(LightningModule)))
            .Select(method => method.Name).Order();
        CollectionAssert.AreEqual(Hooks(typeof(LightningModule), false).ToArray(), Hooks(typeof(HookedModule), true).ToArray());
    }

    private static void Check(List<string> calls, string[] expected)
    {
        CollectionAssert.AreEqual(expected, calls, string.Join(", ", calls));
        calls.Clear();
    }

    private FuseTrainer Trainer(MLContext ml, int maxEpochs = 2, string? directory = null, string? resumeFrom = null) => ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Module = LightningModule.Of<HookedModule>(Folder),
        Outputs = { ["Score"] = new("model.output", "Label") },
        MaxEpochs = maxEpochs,
        BatchSize = 10,
        ModelDirectory = directory,
        ResumeFrom = resumeFrom,
        ValidationSets = { ["more"] = Samples.Keyed(ml, 12) },
    });
}
