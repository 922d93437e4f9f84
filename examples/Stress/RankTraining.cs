using System.Globalization;
using Microsoft.ML;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Trains as one of several processes, with a checkpoint after each step; goes on from the last one when there is one.</summary>
internal static class RankTraining
{
    /// <summary>The start of the line in which the first process tells the last loss.</summary>
    public const string Ended = "ended with loss ";

    /// <summary>The start of the line in which each process tells its number.</summary>
    public const string Process = "process ";

    /// <summary>Runs or resumes the training in a folder.</summary>
    public static void Run(string folder, int seed)
    {
        set_num_threads(1);
        var ml = new MLContext(seed);
        var options = new FuseTrainer.TrainingOptions
        {
            MaxEpochs = 6,
            BatchSize = 16,
            ValidationFraction = 0.2,
            ModelDirectory = folder,
            Strategy = TrainingStrategy.Mpi,
            ResumeFrom = "last",
            Callbacks = { new ModelCheckpoint { EverySteps = 1 }, new Greeting() },
        };
        using FuseTransformer model = ml.Fuse().Train(Network.Of<Perceptron>(64), new TensorColumn(nameof(Row.Features)), nameof(Row.Label), Loss.CrossEntropy(), options)
            .Fit(Row.View(ml, 960, seed));
        if (ml.Fuse().Rank == 0)
            Console.WriteLine(Ended + model.History.Epochs[^1]["validation.losses.total_loss"].ToString("R", CultureInfo.InvariantCulture));
    }

    private sealed class Greeting : Callback
    {
        public override void OnFitStart(TrainingContext context)
        {
            Console.WriteLine($"{Process}{Environment.ProcessId}");
            Console.Out.Flush();
        }
    }
}
