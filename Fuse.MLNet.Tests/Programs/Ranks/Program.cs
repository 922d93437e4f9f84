using Fuse.MLNet;
using Fuse.MLNet.Tests;
using Microsoft.ML;

// Trains as one of several processes. Arguments: the folder of the results, and the cases to run, which "interrupted" after their name cancels and resumes, or what is to go wrong in the last process.
const string Interrupted = " interrupted";
set_num_threads(1);
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
    else if (name.EndsWith(Interrupted, StringComparison.Ordinal))
    {
        Interrupt(name[..^Interrupted.Length], name);
    }
    else
    {
        using FuseTransformer model = RankCase.Fit(name, strategy, RankCase.Get(name).Batch);
        RankResult.Of(model).Save(Path.Combine(folder, $"{name}-{rank}.txt"));
    }
}

void Interrupt(string name, string result)
{
    using var source = new CancellationTokenSource();
    FuseTransformer Fit(Action<FuseTrainer.TrainingOptions> change) => RankCase.Fit(name, strategy, RankCase.Get(name).Batch, options =>
    {
        options.ModelDirectory = Path.Combine(folder, name);
        options.Callbacks.Add(new ModelCheckpoint { EverySteps = 1 });
        change(options);
    });
    bool isLast = rank == new MLContext().Fuse().WorldSize - 1;
    using (FuseTransformer cancelled = Fit(options =>
    {
        options.CancellationToken = isLast ? source.Token : default;
        options.Callbacks.Add(new CancelIn(isLast ? source : null));
    }))
    {
        Console.WriteLine($"rank {rank}: {cancelled.StopReason}");
    }

    using FuseTransformer model = Fit(options => options.ResumeFrom = "last");
    RankResult.Of(model).Save(Path.Combine(folder, $"{result}-{rank}.txt"));
}

/// <summary>Cancels in the second epoch.</summary>
internal sealed class CancelIn(CancellationTokenSource? source) : Callback
{
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        if (context.EpochsDone == 1 && context.BatchesDone == 3)
            source?.Cancel();
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
