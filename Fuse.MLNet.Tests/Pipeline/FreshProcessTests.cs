using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Loads a model in other processes, which call nothing of Fuse.</summary>
[TestClass]
public sealed class FreshProcessTests : LeakCheckedTest
{
    [TestMethod]
    public void AnotherProgramWithACopyOfTheClassGivesTheSameScores()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer transformer = Own(Learning.Classify(options: new() { MaxEpochs = 3, BatchSize = 8 }));
        float[][] actual = Scores(Saved(ml, transformer));
        IDataView rows = Samples.Keyed(ml, Enumerable.Range(0, 5).Select(i => new Sample { Features = [i - 2f, 0.5f * i], Label = "a" }));
        Learning.AreEqual(Learning.Scores(transformer.Transform(rows)), actual, 1e-6f);
    }

    [TestMethod]
    public void AnotherProgramReadsFilesByACopyOfTheReader()
    {
        var ml = new MLContext(seed: 1);
        FileRow[] rows = [.. Enumerable.Range(0, 6).Select(i => new FileRow { Path = Path.Combine(Folder, $"{i}.bin"), Target = i })];
        foreach (FileRow row in rows)
            File.WriteAllBytes(row.Path, [(byte)(7 * row.Target), (byte)(200 - row.Target)]);
        IDataView view = ml.Transforms.Conversion.MapValueToKey("Target").Fit(ml.Data.LoadFromEnumerable(rows)).Transform(ml.Data.LoadFromEnumerable(rows));
        FuseTransformer transformer = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(2, 6), new("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>(0.01) }, "Target",
            options: new() { MaxEpochs = 1 }).Fit(view));
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(transformer, view.Schema, path);
        Learning.AreEqual(Learning.Scores(transformer.Transform(view)), Scores([path, .. rows.Select(row => row.Path)]), 1e-6f);
    }

    [TestMethod]
    public void AProgramWithoutTheClassIsToldWhatToDo()
    {
        (int exit, _, string errors) = Run("LoaderWithoutClass", Saved(new MLContext(seed: 1), Own(Learning.Classify())));
        Assert.AreEqual(3, exit, errors);
        foreach (string expected in new[] { "'Fuse.MLNet.Tests.TinyClassifier'", "'Fuse.MLNet.Tests'", "'LoaderWithoutClass'", "RegisterNetwork<TinyClassifier>()" })
            Assert.Contains(expected, errors);
    }

    private string Saved(MLContext ml, FuseTransformer transformer)
    {
        string path = Path.Combine(Folder, "model.zip");
        ml.Model.Save(transformer, Samples.Keyed(ml, 3).Schema, path);
        return path;
    }

    /// <summary>Gets the scores that the program prints, a line a row.</summary>
    private static float[][] Scores(params string[] arguments)
    {
        (int exit, string output, string errors) = Run("Loader", arguments);
        Assert.AreEqual(0, exit, errors);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())];
    }

    private static (int Exit, string Output, string Errors) Run(string program, params string[] arguments)
    {
        string host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        using Process process = Process.Start(new ProcessStartInfo(host, [Repository.Program(program), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(TimeSpan.FromMinutes(2)));
        return (process.ExitCode, output, errors.Result);
    }
}
