using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Trains a small segmentation network in a pipeline.</summary>
[TestClass]
public sealed class SegmentationTrainingTests : LossTest
{
    private const string Logits = "model.logits.seg";
    private const string Mask = "data.mask";

    [TestMethod]
    public void DiceAndCrossEntropyFindBlobs()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadFromEnumerable(Blob.Draw(256, seed: 1));
        FuseTrainer trainer = ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns =
            {
                ["data.image"] = new("Image", [1, Blob.Side, Blob.Side]),
                [Mask] = new("Mask", [Blob.Side, Blob.Side]) { DType = ScalarType.Int64 },
            },
            Model = new ModelWrapSeqToDict { Model = Network.Of<BlobNet>(), Inputs = ["data.image"], Outputs = [Logits] },
            Losses =
            {
                ["seg"] = Loss.Sum(
                    ("dice", Loss.Dice() with { Pred = Logits, Target = Mask }),
                    ("ce", Loss.SegmentationCrossEntropy(ClassWeighting.None) with { Pred = Logits, Target = Mask })),
            },
            Outputs = { ["Score"] = new(Logits) { Activation = Activation.Softmax } },
            Optimizer = Optimizers.Adam(1e-2),
            BatchSize = 16,
            MaxEpochs = 5,
        });
        using FuseTransformer model = trainer.Fit(train);
        Blob[] test = Blob.Draw(60, seed: 2);
        float[][] scores = [.. model.Transform(ml.Data.LoadFromEnumerable(test)).GetColumn<float[]>("Score")];
        double dice = test.Zip(scores, (blob, score) => Dice(blob.Mask, score)).Average();
        // Measured: 0.93.
        Assert.IsTrue(dice > 0.9, $"mean Dice {dice:0.000}");
    }

    private static double Dice(int[] mask, float[] score)
    {
        bool[] found = [.. Enumerable.Range(0, mask.Length).Select(at => score[mask.Length + at] > score[at])];
        int both = found.Where((value, at) => value && mask[at] == 1).Count();
        return 2.0 * both / (found.Count(value => value) + mask.Sum());
    }
}
