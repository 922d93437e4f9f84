using System.CommandLine;
using Fuse.MLNet.Examples.Plots;

var run = new Option<FileInfo>("--run") { Description = "The metrics.csv that CsvLogger wrote.", Required = true };
var plots = new Option<DirectoryInfo>("--plots") { Description = "The folder of the pictures.", DefaultValueFactory = _ => new DirectoryInfo("plots") };

var root = new RootCommand("Draws the learning curves of a run as PNGs: a picture for each loss and metric.") { run, plots };
root.SetAction(parsed =>
{
    try
    {
        LearningCurves.Draw(parsed.GetValue(run)!.FullName, parsed.GetValue(plots)!.FullName);
        return 0;
    }
    catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"error: {error.Message}");
        return 1;
    }
});
return root.Parse(args).Invoke();
