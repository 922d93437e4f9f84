using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Trains, scores, saves, loads and disposes models, over and over, and counts what is left.</summary>
internal static class LeakRun
{
    private const int WarmUp = 10;
    private const double MostGrowth = 0.05;

    /// <summary>Runs the cycles.</summary>
    /// <returns>Whether nothing was left.</returns>
    public static bool Run(int cycles, int seed)
    {
        var findings = new Findings();
        string folder = Directory.CreateTempSubdirectory("fuse-stress-leaks-").FullName;
        (long tensors, long memory, int threads) = (0, 0, 0);
        for (int cycle = 1; cycle <= cycles; cycle++)
        {
            Cycle(folder, seed + cycle);
            if (cycle == 1)
                tensors = LiveTensors.Count();
            findings.Require(LiveTensors.Count() == tensors, $"{LiveTensors.Count()} live tensors after cycle {cycle}, {tensors} after the first");
            string[] left = Directory.GetFileSystemEntries(folder);
            findings.Require(left.Length == 0, $"cycle {cycle} left {string.Join(", ", left)}");
            if (cycle == Math.Min(WarmUp, cycles))
                (memory, threads) = (Memory.Settled(), Threads());
        }
        double growth = (Memory.Settled() - memory) / (double)memory;
        findings.Require(growth < MostGrowth, FormattableString.Invariant($"memory grew by {growth:P1} after cycle {WarmUp}"));
        // Threads of the pool come and go; those of a leak stay.
        bool isSettled = SpinWait.SpinUntil(() => Threads() <= threads, TimeSpan.FromSeconds(30));
        findings.Require(isSettled, $"{Threads()} threads, {threads} after cycle {WarmUp}");
        Directory.Delete(folder, recursive: true);
        return findings.Close($"leaks: {cycles} cycles, {tensors} live tensors throughout, memory {growth:+0.0%;-0.0%} of {memory >> 20} MB after cycle {Math.Min(WarmUp, cycles)}, {Threads()} threads, no files left");
    }

    private static void Cycle(string folder, int seed)
    {
        var ml = new MLContext(seed) { TempFilePath = folder };
        IDataView rows = Row.View(ml, 120, seed);
        string path = Path.Combine(folder, "model.zip"), runs = Path.Combine(folder, "run");
        float[][] scores;
        using (FuseTransformer model = ml.Fuse().Train(Network.Of<Perceptron>(16), new TensorColumn(nameof(Row.Features)), nameof(Row.Label), Loss.CrossEntropy(),
            new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.2, ModelDirectory = runs }).Fit(rows))
        {
            scores = [.. model.Transform(rows).GetColumn<float[]>("Score")];
            ml.Model.Save(model, rows.Schema, path);
        }
        ITransformer loaded = ml.Model.Load(path, out _);
        using (var engine = ml.Model.CreatePredictionEngine<Row, Scores>(loaded))
            if (engine.Predict(Row.Make(120, seed)[0]).Score.Zip(scores[0]).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-5f))
                throw new InvalidOperationException("The loaded model scores otherwise.");
        File.Delete(path);
        Directory.Delete(runs, recursive: true);
    }

    private static int Threads()
    {
        using Process process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
