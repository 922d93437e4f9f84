using System.Reflection;
using Fuse.MLNet;
using Fuse.MLNet.Tests;
using Microsoft.ML;

// Trains as one of several processes. Arguments: the folder of the results, and the cases to run, which "interrupted" after their name cancels and resumes, or what is to go wrong in the last process.
const string Interrupted = " interrupted";
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
    else if (name == "log")
    {
        var ml = new MLContext(RankCase.Seed);
        ml.Log += (_, entry) => Console.WriteLine($"rank {rank}: {entry.RawMessage}");
        using FuseTransformer model = RankCase.Fit("sgd", strategy, RankCase.Get("sgd").Batch, options => options.MaxEpochs = 1, ml);
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
    var ml = new MLContext(RankCase.Seed);
    // One by its context, which makes Fit throw, the others by a token.
    Action cancel = name == "sgd" ? () => typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(ml, null) : source.Cancel;
    FuseTransformer Fit(MLContext ml, Action<FuseTrainer.TrainingOptions> change) => RankCase.Fit(name, strategy, RankCase.Get(name).Batch, options =>
    {
        options.ModelDirectory = Path.Combine(folder, name);
        options.Callbacks.Add(new ModelCheckpoint { EverySteps = 1 });
        change(options);
    }, ml);
    bool isLast = rank == new MLContext().Fuse().WorldSize - 1;
    try
    {
        using FuseTransformer cancelled = Fit(ml, options =>
        {
            options.CancellationToken = isLast ? source.Token : default;
            options.Callbacks.Add(new CancelIn(isLast ? cancel : () => { }));
        });
        Console.WriteLine($"rank {rank}: returned {cancelled.StopReason}");
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"rank {rank}: thrown");
    }

    using FuseTransformer model = Fit(new MLContext(seed: 99), options => options.ResumeFrom = "last");
    RankResult.Of(model).Save(Path.Combine(folder, $"{result}-{rank}.txt"));
}

/// <summary>Cancels in the second epoch.</summary>
internal sealed class CancelIn(Action cancel) : Callback
{
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        if (context.EpochsDone == 1 && context.BatchesDone == 3)
            cancel();
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
