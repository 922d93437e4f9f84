using Microsoft.ML;

namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Measures the one-line network and LightGBM on the same folds of the same tables, and prints both.</summary>
internal static class Comparison
{
    /// <summary>Runs the example.</summary>
    public static void Run(string? folder, int folds, int seeds, string? only)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        // Layers this small are no work for several threads.
        TorchSharp.torch.set_num_threads(1);
        var ml = new MLContext(seed: 0);
        Table[] tables = [.. (folder is null ? GeneratedTables.Draw(ml) : TableFiles.Open(ml, folder)).Where(table => only is null || table.Name == only)];
        if (tables.Length == 0)
            throw new ArgumentException($"There is no table '{only}'.");
        ExampleProgram.Print($"{seeds} x {folds} folds, mean and standard deviation over all of them");
        ExampleProgram.Print($"{"table",-14} {"measure",-9} {"FuseNeuralNetwork",-18} {"LightGbm",-18} difference");
        double worst = double.PositiveInfinity;
        foreach (Table table in tables)
            foreach ((string measure, double[] ours, double[] theirs) in Measure(table, folds, seeds))
            {
                double difference = ours.Average() - theirs.Average();
                worst = Math.Min(worst, difference);
                ExampleProgram.Print($"{table.Name,-14} {measure,-9} {Text(ours),-18} {Text(theirs),-18} {difference:+0.0000;-0.0000}");
            }
        ExampleProgram.Print($"smallest difference: {worst:0.0000}");
    }

    private static IEnumerable<(string Measure, double[] Ours, double[] Theirs)> Measure(Table table, int folds, int seeds)
    {
        (Fold[] ours, Fold[] theirs) = ([], []);
        for (int seed = 0; seed < seeds; seed++)
        {
            ours = [.. ours, .. Contest.Of(new MLContext(seed), table).Run(isNetwork: true, folds, seed)];
            theirs = [.. theirs, .. Contest.Of(new MLContext(seed), table).Run(isNetwork: false, folds, seed)];
        }
        for (int i = 0; i < ours[0].Values.Length; i++)
            yield return (ours[0].Measures[i], [.. ours.Select(fold => fold.Values[i])], [.. theirs.Select(fold => fold.Values[i])]);
    }

    private static string Text(double[] values) =>
        FormattableString.Invariant($"{values.Average():0.0000} +- {Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))):0.0000}");
}
