using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is what one of several processes does; the first one prints the milliseconds.</summary>
internal static class RankWork
{
    /// <summary>The number of bytes of a small exchange, as those by which the processes agree.</summary>
    public const int SmallBytes = 32;

    /// <summary>Trains, or exchanges.</summary>
    /// <param name="what">Which training, or the number of bytes that all processes add up.</param>
    public static void Run(string what)
    {
        TorchSharp.torch.set_num_threads(1);
        double milliseconds = int.TryParse(what, NumberStyles.None, CultureInfo.InvariantCulture, out int bytes) ? Exchange(bytes) : Train(ScaledTraining.Get(what));
        if (TrainingStrategy.Auto.Group.Rank == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:R} ms"));
    }

    /// <returns>The median time of an epoch.</returns>
    private static double Train(ScaledTraining training)
    {
        using TrainingWork work = training.Make();
        return Stopwatches.Median([.. work.Epochs(training.Epochs).Skip(training.Epochs / 2)]);
    }

    /// <returns>The median time of an exchange.</returns>
    private static double Exchange(int bytes)
    {
        IProcessGroup group = TrainingStrategy.Auto.Group;
        float[] values = new float[bytes / sizeof(float)];
        var times = new List<double>();
        var watch = new Stopwatch();
        for (int i = 0; i < 200; i++)
        {
            group.Barrier();
            watch.Restart();
            group.AllReduceSum(values);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        return Stopwatches.Median([.. times.Skip(20)]);
    }
}
