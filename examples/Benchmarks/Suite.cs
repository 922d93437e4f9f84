using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fuse.MLNet.Examples.Digits;
using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Holds what is compared, and prints the table.</summary>
internal static class Suite
{
    private const string Documented = "TorchSharp loop";
    private const string Loader = "TorchSharp DataLoader";
    private const string Floor = "floor";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static void Run(string? filter, bool quick, string? json, int runs)
    {
        Console.WriteLine($"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, libtorch threads: {torch.get_num_threads()}, .NET {Environment.Version}");
        Console.WriteLine($"{"work",-34}{"peer",-24}{"ours, ms",10}{"ratio",8}{"bar",7}");
        var table = new List<Measured>();
        bool IsWanted(string name) => filter is null || name.Contains(filter, StringComparison.OrdinalIgnoreCase);
        int count = quick ? 1 : runs;
        foreach (Measured measured in Comparisons(quick ? 20 : 1, IsWanted).Select(comparison => Stopwatches.Compare(comparison, count)).Concat(StreamingSuite.Measure(IsWanted, quick, count)))
        {
            table.Add(measured);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measured.Work,-34}{measured.Peer,-24}{measured.Ours,10}{measured.Ratio,8:0.00}{measured.Bar,7:0.00}{(measured.Ratio <= measured.Bar ? "" : "  above")}"));
        }
        if (json is null)
            return;
        string temporary = json + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(table, Json));
        File.Move(temporary, json, overwrite: true);
    }

    private static IEnumerable<Comparison> Comparisons(int divisor, Func<string, bool> isWanted)
    {
        foreach (Comparison comparison in Training("MLP 30-64-64-2, batch 32, Adam", isWanted, () => new(Network.Of<Perceptron>(30, 64, 2), [30], 2, 20_000 / divisor, 32), 0.72, 0.52, 1.10))
            yield return comparison;
        foreach (Comparison comparison in Training("MLP 30-512-512-2, batch 128, Adam", isWanted, () => new(Network.Of<Perceptron>(30, 512, 2), [30], 2, 20_000 / divisor, 128), 0.87, null, 1.06))
            yield return comparison;
        foreach (Comparison comparison in Training("LeNet on digits, batch 64, Adam", isWanted, () => new(Network.Of<LeNet>(), [1, 28, 28], 10, 2_000 / divisor, 64), 1.00, null, 1.05))
            yield return comparison;
        string scoring = "scoring MLP 784-128-10, 10,000 rows";
        if (!isWanted(scoring))
            yield break;
        using var work = new ScoringWork(Network.Of<Perceptron>(784, 128, 10), 784, 10, 10_000 / divisor);
        yield return new(scoring, "bare batched forward", 1.15, work.Ours, work.Bare);
        yield return new(scoring, "row by row", 0.50, work.Ours, work.RowByRow);
    }

    private static IEnumerable<Comparison> Training(string name, Func<string, bool> isWanted, Func<TrainingWork> make, double documented, double? loader, double floor)
    {
        if (!isWanted(name))
            yield break;
        using TrainingWork work = make();
        void Ours() => work.Ours(Optimizers.Adam());
        yield return new(name, Documented, documented, Ours, () => work.Documented(parameters => torch.optim.Adam(parameters, 1e-3)));
        if (loader is { } bar)
            yield return new(name, Loader, bar, Ours, () => work.WithDataLoader(parameters => torch.optim.Adam(parameters, 1e-3)));
        yield return new(name, Floor, floor, Ours, work.Floor(1e-3));
    }
}
