using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fuse.MLNet.Examples.Digits;
using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Holds what is compared, and prints the table.</summary>
internal static class Suite
{
    private const int Threads = 2;
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void Run(string? filter, bool quick, string? json, int runs, string launcher)
    {
        torch.set_num_threads(Math.Min(Threads, Environment.ProcessorCount));
        Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, libtorch threads: {torch.get_num_threads()}, .NET {Environment.Version}");
        Console.WriteLine($"{"work",-42}{"peer",-28}{"ours, ms",10}{"ratio",8}{"+-",7}{"bar",7}{"runs",6}");
        var table = new List<Measured>();
        bool IsWanted(string name) => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase);
        (int divisor, int count) = quick ? (20, 1) : (1, Math.Max(1, runs));
        IEnumerable<Measured> training = Training(IsWanted, divisor, count);
        foreach (Measured measured in Accelerator.IsGpu ? training : training.Concat(Scoring(IsWanted, divisor, count)).Concat(StreamingSuite.Measure(IsWanted, quick, count))
            .Concat(new ScalingSuite(launcher).Measure(IsWanted, quick, count)))
        {
            table.Add(measured);
            Console.WriteLine(measured.Line);
        }
        if (table.Count == 0)
            Console.Error.WriteLine($"nothing has '{filter}' in its name");
        if (json is null)
            return;
        string temporary = json + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(table, Json));
        File.Move(temporary, json, overwrite: true);
    }

    private static IEnumerable<Measured> Training(Func<string, bool> isWanted, int divisor, int runs)
    {
        int more = Accelerator.IsGpu ? 10 : 1;
        (string Name, Func<TrainingWork> Make, double Loop, double? Loader, double Floor)[] works =
        [
            ("MLP 30-64-64-2, batch 32, Adam", () => new(Network.Of<Perceptron>(30, 64, 2), [30], 2, more * 20_000 / divisor, 32), 0.72, 0.52, 1.10),
            ("MLP 30-512-512-2, batch 128, Adam", () => new(Network.Of<Perceptron>(30, 512, 2), [30], 2, more * 20_000 / divisor, 128), 0.87, null, 1.06),
            ("LeNet on digits, batch 64, Adam", () => new(Network.Of<LeNet>(), [1, 28, 28], 10, more * 2_000 / divisor, 64), 1.00, null, 1.05),
            ("ResNet-18 3x32x32, batch 32, AdamW", () => new(Network.Of<Resnet18>(), [3, 32, 32], 10, Math.Max(64, more * 640 / divisor), 32, decay: 0.01), 0.85, null, 1.05),
        ];
        foreach ((string name, Func<TrainingWork> make, double loop, double? loader, double floor) in works.Where(work => isWanted(work.Name)))
        {
            using TrainingWork work = make();
            yield return Race(work, name, "TorchSharp loop", work.Documented(), loop, runs);
            if (loader is { } bar)
                yield return Race(work, name, "TorchSharp DataLoader", work.WithDataLoader(), bar, runs);
            yield return Race(work, name, "floor", work.Floor(), floor, runs);
        }
    }

    private static Measured Race(TrainingWork work, string name, string peer, Action epoch, double bar, int runs)
    {
        var timings = new Timings(runs);
        work.Race(epoch, timings);
        return timings.Measured(name, peer, bar);
    }

    private static IEnumerable<Measured> Scoring(Func<string, bool> isWanted, int divisor, int runs)
    {
        int rows = 100_000 / divisor;
        string scoring = string.Create(CultureInfo.InvariantCulture, $"transform {rows:N0} rows, MLP 30-64-64-2");
        if (isWanted(scoring))
        {
            using var work = new ScoringWork(Network.Of<Perceptron>(30, 64, 2), 30, 2, rows);
            yield return Stopwatches.Compare(Comparison.Of(scoring, "forward, softmax, copy", 1.6, work.Ours, work.Bare), runs);
            yield return Stopwatches.Compare(Comparison.Of(scoring, "row by row", 0.03, work.Ours, work.RowByRow), runs);
            yield return Stopwatches.Compare(Comparison.Of(scoring, "OnnxTransformer", 1, work.Ours, work.ByOnnxTransformer), runs);
        }
        string engine = "PredictionEngine, MLP 30-64-64-2";
        if (!isWanted(engine))
            yield break;
        using var predictions = new EngineWork();
        yield return predictions.Measure(engine, 15, runs, divisor);
    }
}
