using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Predicts on many threads over one model, with an engine for each thread and with engines from a pool, while others train, save, load and dispose.</summary>
internal static class LoadRun
{
    private const int Threads = 8;
    private const int Inputs = 64;
    private const int WarmTurns = 20;
    private const double MostGrowth = 0.05;
    private static readonly PredictionEngineOptions Shared = new() { OwnsTransformer = false };

    /// <summary>Runs the threads.</summary>
    /// <param name="predictions">The number of predictions of each thread.</param>
    /// <param name="seed">The seed of rows and weights.</param>
    /// <returns>Whether all went well.</returns>
    public static bool Run(int predictions, int seed)
    {
        var findings = new Findings();
        string folder = Directory.CreateTempSubdirectory("fuse-stress-load-").FullName;
        var ml = new MLContext(seed);
        FuseTransformer model = Train(ml, seed);
        Row[] rows = Row.Make(Inputs, seed);
        float[][] expected;
        using (PredictionEngine<Row, Scores> engine = Engine(ml, model))
            expected = [.. rows.Select(row => engine.Predict(row).Score)];

        var watch = Stopwatch.StartNew();
        var pool = new ConcurrentBag<PredictionEngine<Row, Scores>>();
        using var end = new CancellationTokenSource();
        using var warm = new Barrier(Threads + 1);
        Thread[] scoring = [.. Enumerable.Range(0, Threads).Select(index => Start(findings, $"scoring thread {index}", () =>
        {
            bool isPooled = index % 2 == 1;
            PredictionEngine<Row, Scores>? own = isPooled ? null : Engine(ml, model);
            void Predict(int count)
            {
                for (int i = 0; i < count; i++)
                {
                    PredictionEngine<Row, Scores> engine = own ?? (pool.TryTake(out PredictionEngine<Row, Scores>? taken) ? taken : Engine(ml, model));
                    int at = (i + index) % Inputs;
                    bool isEqual = engine.Predict(rows[at]).Score.AsSpan().SequenceEqual(expected[at]);
                    if (isPooled)
                        pool.Add(engine);
                    if (!isEqual)
                        throw new InvalidOperationException($"prediction {i} differs from that of one thread alone");
                }
            }
            Predict(Math.Max(200, predictions / 10));
            long tensors = LiveTensors.OfThread;
            warm.SignalAndWait();
            warm.SignalAndWait();
            Predict(predictions);
            findings.Require(LiveTensors.OfThread == tensors, $"scoring thread {index} has {LiveTensors.OfThread} live tensors, {tensors} when warm");
            own?.Dispose();
        }))];
        long turns = 0;
        Lock[] turning = [new(), new()];
        // In their own folders, and each with models of its own: what they share with the scoring threads is the library.
        Thread[] others = [.. Enumerable.Range(0, 2).Select(index => Start(findings, $"training thread {index}", () =>
        {
            string path = Path.Combine(folder, $"{index}.zip");
            for (int turn = 0; !end.IsCancellationRequested; turn++)
            {
                using Lock.Scope turned = turning[index].EnterScope();
                var own = new MLContext(seed + index + turn) { TempFilePath = folder };
                IDataView view = Row.View(own, 48, turn);
                using FuseTransformer trained = Train(own, turn);
                own.Model.Save(trained, view.Schema, path);
                using var loaded = (FuseTransformer)own.Model.Load(path, out _);
                if (!trained.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score).SequenceEqual(loaded.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score)))
                    throw new InvalidOperationException("a saved model scores otherwise than before");
                // The shared model, too, is saved and scored while it is in use.
                own.Model.Save(model, view.Schema, path);
                _ = model.Transform(view).GetColumn<float[]>("Score").ToArray();
                Interlocked.Increment(ref turns);
            }
        }))];
        // A thread that failed never comes to the barrier; then there is nothing more to measure.
        bool isWarm = warm.SignalAndWait(TimeSpan.FromMinutes(5)) && SpinWait.SpinUntil(() => Interlocked.Read(ref turns) >= WarmTurns || !findings.IsClean, TimeSpan.FromMinutes(5));
        long memory = Between(turning);
        if (isWarm)
            warm.SignalAndWait(TimeSpan.FromMinutes(1));
        TimeSpan patience = TimeSpan.FromSeconds(60 + (predictions / 100));
        findings.Require(isWarm && scoring.All(thread => thread.Join(patience)), "the scoring threads did not end: a deadlock");
        double growth = (Between(turning) - memory) / (double)memory;
        findings.Require(growth < MostGrowth, FormattableString.Invariant($"memory grew by {growth:P1}"));
        end.Cancel();
        findings.Require(others.All(thread => thread.Join(patience)), "the training threads did not end: a deadlock");
        double seconds = watch.Elapsed.TotalSeconds;
        CheckDisposed(findings, ml, model, pool);
        Directory.Delete(folder, recursive: true);
        return findings.Close($"load: {Threads} x {predictions} predictions in {seconds:0.0} s beside {turns} models trained, saved and loaded, {pool.Count} pooled engines, all equal, memory {growth:+0.0%;-0.0%} of {memory >> 20} MB when warm");
    }

    /// <summary>Measures memory between two models of each training thread, which take some themselves.</summary>
    private static long Between(Lock[] turning)
    {
        using Lock.Scope first = turning[0].EnterScope(), second = turning[1].EnterScope();
        return Memory.Settled();
    }

    private static void CheckDisposed(Findings findings, MLContext ml, FuseTransformer model, ConcurrentBag<PredictionEngine<Row, Scores>> pool)
    {
        PredictionEngine<Row, Scores> engine = pool.TryPeek(out PredictionEngine<Row, Scores>? pooled) ? pooled : Engine(ml, model);
        model.Dispose();
        try
        {
            engine.Predict(Row.Make(1, 1)[0]);
            findings.Add("a disposed model predicts");
        }
        catch (ObjectDisposedException error)
        {
            findings.Require(error.Message.Contains("OwnsTransformer = false", StringComparison.Ordinal), $"a disposed model gives no advice: {error.Message}");
        }
        foreach (PredictionEngine<Row, Scores> each in pool)
            each.Dispose();
    }

    private static FuseTransformer Train(MLContext ml, int seed) => ml.Fuse().Train(Network.Of<Perceptron>(16), new TensorColumn(nameof(Row.Features)), nameof(Row.Label),
        Loss.CrossEntropy(), new() { MaxEpochs = 1, BatchSize = 16 }).Fit(Row.View(ml, 48, seed));

    private static PredictionEngine<Row, Scores> Engine(MLContext ml, ITransformer model) => ml.Model.CreatePredictionEngine<Row, Scores>(model, Shared);

    private static Thread Start(Findings findings, string name, Action action)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                findings.Add($"{name}: {error}");
            }
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }
}
