using Fuse.MLNet;
using Fuse.MLNet.Tests;
using Microsoft.ML;

// Trains as one of several processes. Arguments: the folder of the results, and the cases to run, or what is to go wrong in the last process.
set_num_threads(1);
// As in the tests: by default the convolutions of a GPU round to TF32.
if (cuda.is_available())
    backends.cudnn.allow_tf32 = false;
string folder = args[0];
TrainingStrategy strategy = TrainingStrategy.Mpi;
int rank = new MLContext().Fuse().Rank;
foreach (string name in args[1..])
{
    try
    {
        Run(name);
    }
    catch (InvalidOperationException error)
    {
        Console.WriteLine($"rank {rank}: {error.Message}");
    }
}

void Run(string name)
{
    if (name == "null")
    {
        // The runtime makes this exception of a signal, which an MPI library may take for a crash.
        try
        {
            string? nothing = args.ElementAtOrDefault(int.MaxValue);
            Console.WriteLine(nothing!.Length);
        }
        catch (NullReferenceException)
        {
            Console.WriteLine($"rank {rank}: caught");
        }
    }
    else if (name == "wait")
    {
        using FuseTransformer model = RankCase.Fit("sgd", strategy, 8, options =>
        {
            options.MaxEpochs = 100_000;
            options.Callbacks.Add(new Announce());
        });
    }
    else
    {
        using FuseTransformer model = RankCase.Fit(name, strategy, RankCase.Get(name).Batch);
        RankResult.Of(model).Save(Path.Combine(folder, $"{name}-{rank}.txt"));
    }
}

/// <summary>Says that training is on its way.</summary>
internal sealed class Announce : Callback
{
    public override void OnEpochEnd(TrainingContext context)
    {
        if (context.EpochsDone == 2)
            Console.WriteLine($"rank {context.Rank}: training");
    }
}
