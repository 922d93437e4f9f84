using System.Globalization;
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
        (int exit, string output, string errors) = ProgramRun.Start("Loader", Saved(ml, transformer));
        Assert.AreEqual(0, exit, errors);
        float[][] actual = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray())];
        IDataView rows = Samples.Keyed(ml, Enumerable.Range(0, 5).Select(i => new Sample { Features = [i - 2f, 0.5f * i], Label = "a" }));
        Learning.AreEqual(Learning.Scores(transformer.Transform(rows)), actual, 1e-6f);
    }

    [TestMethod]
    public void AProgramWithoutTheClassIsToldWhatToDo()
    {
        (int exit, _, string errors) = ProgramRun.Start("LoaderWithoutClass", Saved(new MLContext(seed: 1), Own(Learning.Classify())));
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
}
