using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Loads every kind of model in another process, which has copies of the tests' own network classes.</summary>
[TestClass]
public sealed class FreshProcessTableTests : LeakCheckedTest
{
    [TestMethod]
    public void EveryModelScoresEquallyInAnotherProcess()
    {
        var expected = new Dictionary<string, float[]>();
        foreach (string name in ModelSamples.Models.Keys)
        {
            var ml = new MLContext(seed: 3);
            FuseTrainer.Options options = ModelTableTests.Options(name);
            options.Outputs["Score"] = options.Outputs["Classes"];
            options.Outputs.Remove("Classes");
            IDataView rows = Scan.Rows(ml, 6);
            expected[name] = Keep(ml, name, ml.Fuse().Train(options).Fit(rows), rows);
        }

        foreach (string name in Backbones.SmallNames.Select(row => (string)row[0]))
        {
            var ml = new MLContext(seed: 1);
            (FuseTransformer model, IDataView rows) = BackboneTests.Train(ml, name);
            expected[$"backbone {name}"] = Keep(ml, $"backbone {name}", model, rows);
        }

        (int exit, _, string errors) = ProgramRun.Start("Scorer", Folder);
        Assert.AreEqual(0, exit, errors);
        foreach ((string name, float[] scores) in expected)
        {
            float[] actual = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, $"{name}.scores"))).ToArray();
            Assert.IsTrue(scores.Length > 0 && scores.All(float.IsFinite), name);
            CollectionAssert.AreEqual(scores, actual, name);
        }
    }

    private float[] Keep(MLContext ml, string name, FuseTransformer model, IDataView rows)
    {
        using (model)
        {
            ml.Model.Save(model, rows.Schema, Path.Combine(Folder, $"{name}.zip"));
            using (FileStream stream = File.Create(Path.Combine(Folder, $"{name}.rows")))
                ml.Data.SaveAsBinary(rows, stream);
            return [.. Learning.Scores(model.Transform(rows)).SelectMany(row => row)];
        }
    }
}
