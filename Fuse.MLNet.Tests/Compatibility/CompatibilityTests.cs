using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Loads the files that each version wrote, a folder a version, and compares with what they gave then.</summary>
[TestClass]
public sealed class CompatibilityTests : LeakCheckedTest
{
    private const string Write = "FUSE_WRITE_COMPATIBILITY";
    private const string Scores = "scores.json";
    private const string Checkpoint = "run.ckpt";
    private const string CheckpointRows = "run.idv";
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Gets the folder of this version; one whose files came to have another format has a folder for each.</summary>
    private static string Current => $"{LibraryVersion.Fuse}-format{ModelDescription.CurrentFormat}";

    private static string Root => Path.Combine(Repository.Tests, "Compatibility");

    public static IEnumerable<object[]> Files() => Directory.GetDirectories(Root).Order(StringComparer.Ordinal)
        .SelectMany(folder => Directory.GetFiles(folder, "*.zip").Order(StringComparer.Ordinal).Select(path => new object[] { Path.GetFileName(folder), Path.GetFileNameWithoutExtension(path) }));

    public static IEnumerable<object[]> Versions() => Directory.GetDirectories(Root).Order(StringComparer.Ordinal).Select(folder => new object[] { Path.GetFileName(folder) });

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void AKeptModelGivesTheScoresThatItGave(string version, string name)
    {
        var ml = new MLContext();
        ITransformer model = Own(ml.Model.Load(Path.Combine(Root, version, $"{name}.zip"), out _));
        AreEqual(Expected(version, name), Values(model, ml.Data.LoadFromBinary(Path.Combine(Root, version, $"{name}.idv"))), 1e-5f);
    }

    [TestMethod]
    [DynamicData(nameof(Versions))]
    public void AKeptRunGoesOnToTheSameEnd(string version)
    {
        var ml = new MLContext(seed: 99);
        IDataView rows = ml.Data.LoadFromBinary(Path.Combine(Root, version, CheckpointRows));
        FuseTransformer model = Own(KeptModel.Resumable(ml, new() { ResumeFrom = Path.Combine(Root, version, Checkpoint) }).Fit(rows));
        Assert.AreEqual(StopReason.Completed, model.StopReason);
        Assert.HasCount(4, model.History.Epochs);
        AreEqual(Expected(version, Checkpoint), Values(model, rows), 1e-4f);
    }

    [TestMethod]
    public void EveryKindIsKeptOfThisVersionAndFormat() =>
        CollectionAssert.IsSubsetOf(KeptModel.Names.ToArray(), Files().Where(file => (string)file[0] == Current).Select(file => (string)file[1]).ToArray(),
            $"Write the files of this version and format, once it is to be released: {Write}=1 dotnet run -c Release --project Fuse.MLNet.Tests -- --filter \"ClassName~CompatibilityTests\"");

    /// <summary>Writes the files of this version, when an environment variable asks for it.</summary>
    [TestMethod]
    public void WritesTheFilesOfThisVersionWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Write) != "1")
            return;
        string folder = Path.Combine(Root, Current);
        Directory.CreateDirectory(folder);
        var ml = new MLContext(seed: 1);
        var scores = new SortedDictionary<string, SortedDictionary<string, float[][]>>(StringComparer.Ordinal);
        foreach (string name in KeptModel.Names)
        {
            KeptModel kept = KeptModel.Make(name);
            Own(kept.Model);
            ml.Model.Save(kept.Model, kept.Rows.Schema, Path.Combine(folder, $"{name}.zip"));
            Save(ml, kept.Rows, Path.Combine(folder, $"{name}.idv"));
            scores[name] = Values(kept.Model, kept.Rows);
        }
        IDataView rows = ml.Data.LoadFromEnumerable(Samples.Blobs(48));
        Save(ml, rows, Path.Combine(folder, CheckpointRows));
        scores[Checkpoint] = Values(Own(KeptModel.Resumable(ml, new()).Fit(rows)), rows);
        using var cancellation = new CancellationTokenSource();
        Own(KeptModel.Resumable(new MLContext(seed: 1), new() { ModelDirectory = Folder, CancellationToken = cancellation.Token, Callbacks = { new CancelAt(cancellation.Cancel, step: 7) } }).Fit(rows));
        File.Copy(Path.Combine(Folder, "last.ckpt"), Path.Combine(folder, Checkpoint), overwrite: true);
        File.WriteAllText(Path.Combine(folder, Scores), JsonSerializer.Serialize(scores, Json));
    }

    private static SortedDictionary<string, float[][]> Expected(string version, string name) =>
        JsonSerializer.Deserialize<SortedDictionary<string, SortedDictionary<string, float[][]>>>(File.ReadAllText(Path.Combine(Root, version, Scores)), Json)![name];

    private static void Save(MLContext ml, IDataView rows, string path)
    {
        using FileStream stream = File.Create(path);
        ml.Data.SaveAsBinary(rows, stream);
    }

    /// <summary>Gets the columns that a model adds, as numbers.</summary>
    private static SortedDictionary<string, float[][]> Values(ITransformer model, IDataView rows)
    {
        IDataView scored = model.Transform(rows);
        return new(scored.Schema.Where(column => !column.IsHidden && rows.Schema.GetColumnOrNull(column.Name) is null && column.Type is not TextDataViewType)
            .ToDictionary(column => column.Name, column => Column(scored, column)), StringComparer.Ordinal);
    }

    private static float[][] Column(IDataView view, DataViewSchema.Column column) => column.Type switch
    {
        BooleanDataViewType => [.. view.GetColumn<bool>(column).Select(value => new[] { value ? 1f : 0 })],
        VectorDataViewType { ItemType: BooleanDataViewType } => [.. view.GetColumn<bool[]>(column).Select(row => row.Select(value => value ? 1f : 0).ToArray())],
        VectorDataViewType { ItemType: KeyDataViewType } => [.. view.GetColumn<uint[]>(column).Select(row => row.Select(key => (float)key).ToArray())],
        _ => OnnxRun.Column(view, column.Name),
    };

    private static void AreEqual(SortedDictionary<string, float[][]> expected, SortedDictionary<string, float[][]> actual, float tolerance)
    {
        CollectionAssert.AreEqual(expected.Keys, actual.Keys);
        foreach ((string name, float[][] rows) in expected)
            Learning.AreEqual(rows, actual[name], tolerance * rows.SelectMany(row => row).Where(float.IsFinite).Select(Math.Abs).Append(1).Max());
    }
}
