using System.Diagnostics;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains for long and looks at what grows.</summary>
[TestClass]
public sealed class FlatMemoryTests : LeakCheckedTest
{
    [TestMethod]
    public void TwoThousandStepsKeepTensorsAndMemoryFlat()
    {
        var ml = new MLContext(seed: 1);
        List<(long Step, long Tensors, long Bytes)> seen = [];
        Own(ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<DropoutClassifier>(), Inputs = ["data.input"], Outputs = [BatchKeys.Logits] },
            Losses = { ["cls_loss"] = new LossCrossEntropy(), ["late"] = new LossWarmUp(new LossCrossEntropy { Weight = 0.1 }, 100) },
            ValidationMetrics = { ["label"] = new MeanMetric("data.label") },
            LearningRateScheduler = Schedules.Cosine(),
            ValidationFraction = 0.2,
            ModelDirectory = Folder,
            MaxEpochs = 50,
            BatchSize = 8,
            Callbacks = { new Watch(seen) },
        }).Fit(Samples.Keyed(ml, 400)));
        Assert.AreEqual(2000, seen[^1].Step);
        Assert.AreEqual(seen[0].Tensors, seen[^1].Tensors);
        Assert.IsLessThan(1.05 * seen[0].Bytes, seen[^1].Bytes, $"{seen[0].Bytes} bytes after 200 steps, {seen[^1].Bytes} after 2,000");
    }

    /// <summary>Looks after collecting garbage, so that what is counted is what is held.</summary>
    private sealed class Watch(List<(long Step, long Tensors, long Bytes)> seen) : Callback
    {
        public override void OnEpochEnd(TrainingContext context)
        {
            if (context.GlobalStep % 200 != 0)
                return;
            long tensors = LiveTensors();
            using Process process = Process.GetCurrentProcess();
            seen.Add((context.GlobalStep, tensors, process.WorkingSet64));
        }
    }
}
