using ScottPlot;

namespace Fuse.MLNet.Examples.Plots;

/// <summary>Draws PNGs of a run: one for each loss and metric, training and validation in one picture.</summary>
internal static class LearningCurves
{
    private const int Width = 800;
    private const int Height = 500;
    private const int MaxSeries = 6;

    /// <summary>Draws every logged value of a run's metrics.csv.</summary>
    /// <param name="csv">The file.</param>
    /// <param name="folder">The folder of the pictures; made when it is not there.</param>
    public static void Draw(string csv, string folder)
    {
        LoggedRun run = LoggedRun.Read(csv);
        Directory.CreateDirectory(folder);
        foreach (IGrouping<string, string> picture in run.Values.Keys.GroupBy(What))
        {
            using var plot = new Plot();
            plot.Title(picture.Key);
            plot.XLabel("epoch");
            foreach (string name in picture.Take(MaxSeries))
                Add(plot, Who(name), run.Epochs, run.Values[name]);
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
            plot.ShowLegend(Edge.Bottom);
            string path = Path.Combine(folder, $"{string.Concat(picture.Key.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_'))}.png");
            plot.SavePng(path, Width, Height);
            Console.WriteLine(path);
        }
    }

    private static void Add(Plot plot, string name, double[] epochs, double[] values)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(epochs, values);
        line.LegendText = name;
        line.LineWidth = 2;
        line.MarkerSize = epochs.Length > 60 ? 0 : 6;
    }

    // train.losses.total_loss and validation.losses.total_loss are one picture, losses.total_loss.
    private static string What(string name) => name.IndexOf(".losses.", StringComparison.Ordinal) is > 0 and var losses ? name[(losses + 1)..]
        : name.IndexOf(".metrics.", StringComparison.Ordinal) is > 0 and var metrics ? name[(metrics + 1)..] : name;

    private static string Who(string name) => name.Length > What(name).Length ? name[..^(What(name).Length + 1)] : name;
}
