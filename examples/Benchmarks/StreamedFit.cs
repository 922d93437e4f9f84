using Microsoft.ML;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Trains a perceptron over a view of the columns Features and Label.</summary>
internal static class StreamedFit
{
    /// <summary>The number of features of a row that is as large as a digit's image.</summary>
    public const int Width = 784;

    /// <summary>The number of rows of a step.</summary>
    public const int BatchSize = 128;

    /// <summary>Trains and frees the model.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="stagingBytes">The memory for rows; null is the default, 0 streams.</param>
    /// <param name="width">The number of features.</param>
    /// <param name="epochs">The number of epochs.</param>
    /// <param name="steps">The number of steps, or null for whole epochs.</param>
    /// <returns>The milliseconds that the last epoch took, by the clock and of all processors, without what comes before all epochs; 0 when it was not ended.</returns>
    public static (double Elapsed, double Processor) Run(IDataView view, long? stagingBytes, int width = Width, int epochs = 1, long? steps = null)
    {
        var ml = new MLContext(seed: 1);
        var times = new List<(double, double)>();
        Stopwatches.Collect();
        using FuseTransformer model = ml.Fuse().Train(Network.Of<OneHiddenLayer>(width, 128, 10), new TensorColumn(nameof(Row.Features)), loss: Loss.CrossEntropy(), options: new()
        {
            MaxEpochs = epochs,
            MaxSteps = steps,
            BatchSize = BatchSize,
            StagingBytes = stagingBytes,
            Device = FuseDevice.Cpu,
            Callbacks = { new EpochClock(times) },
        }).Fit(view);
        return times.LastOrDefault();
    }
}
