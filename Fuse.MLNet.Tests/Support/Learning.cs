using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Makes trainers and reads what they trained.</summary>
internal static class Learning
{
    /// <summary>Makes a trainer of a classifier over the clouds of <see cref="Samples"/>.</summary>
    public static FuseTrainer Classifier(MLContext ml, FuseTrainer.TrainingOptions? options = null, Network? network = null, string input = "Features") =>
        ml.Fuse().Train(network ?? Network.Of<TinyClassifier>(), new TensorColumn(input), "Label", Loss.CrossEntropy(),
            options ?? new() { MaxEpochs = 1, BatchSize = 16 });

    /// <summary>Trains a classifier on clouds.</summary>
    public static FuseTransformer Classify(int seed = 1, int rows = 60, FuseTrainer.TrainingOptions? options = null, Network? network = null)
    {
        var ml = new MLContext(seed);
        return Classifier(ml, options, network).Fit(Samples.Keyed(ml, rows));
    }

    /// <summary>Gets the bytes of a module's parameters and buffers.</summary>
    public static byte[] Weights(nn.Module module) => [.. module.state_dict().SelectMany(pair => pair.Value.HostBytes())];

    public static float[][] Scores(IDataView scored, string column = "Score") => [.. scored.GetColumn<float[]>(column)];

    public static void AreEqual(float[][] expected, float[][] actual, float tolerance = 0)
    {
        Assert.HasCount(expected.Length, actual);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.HasCount(expected[row].Length, actual[row]);
            for (int i = 0; i < expected[row].Length; i++)
                Assert.AreEqual(expected[row][i], actual[row][i], tolerance, $"row {row}, value {i}");
        }
    }

    /// <summary>Runs a network by hand on the features of rows, on its device; what it gives is on the CPU.</summary>
    public static Tensor Forward(nn.Module network, IEnumerable<Sample> rows)
    {
        float[] values = [.. rows.SelectMany(row => row.Features)];
        return ((nn.Module<Tensor, Tensor>)network).call(tensor(values).reshape(-1, 2).to(network.parameters().First().device)).cpu();
    }
}
