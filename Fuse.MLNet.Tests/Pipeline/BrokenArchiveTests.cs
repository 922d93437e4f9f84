using System.Text;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Loads model files that were damaged or made by others.</summary>
[TestClass]
public sealed class BrokenArchiveTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("network_of", "model.json", 2)]
    [DataRow("loss_stage", "loss.json", 1)]
    [DataRow("ensemble", "model.json", 2)]
    public void ANewerFormatNamesBothVersions(string kept, string entry, int newest)
    {
        string path = Path.Combine(Folder, "newer.zip");
        File.Copy(Path.Combine(Repository.Tests, "Compatibility", "0.1.0", $"{kept}.zip"), path);
        Archives.Edit(path, entry, bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
            .Replace("\"formatVersion\": 1", "\"formatVersion\": 3", StringComparison.Ordinal).Replace("\"fuseVersion\": \"0.1.0\"", "\"fuseVersion\": \"9.8.7\"", StringComparison.Ordinal)));
        Assert.Contains($"{entry} has format 3, made by Fuse.MLNet 9.8.7; this is {LibraryVersion.Fuse}, which reads formats 1 to {newest}.", Assert.Throws<Exception>(() => Own(new MLContext().Model.Load(path, out _))).ToString());
    }

    [TestMethod]
    public void ANewerCheckpointNamesBothVersions()
    {
        // Both texts are as long as before, so that the header's length stays.
        string path = Path.Combine(Folder, "newer.ckpt");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(Repository.Tests, "Compatibility", "0.1.0", "run.ckpt")))
            .Replace("formatVersion\\u0022:1", "formatVersion\\u0022:3", StringComparison.Ordinal).Replace("fuseVersion\\u0022:\\u00220.1.0", "fuseVersion\\u0022:\\u00229.8.7", StringComparison.Ordinal)));
        Assert.Contains($"{path} has format 3, made by Fuse.MLNet 9.8.7; this is {LibraryVersion.Fuse}",
            Assert.Throws<InvalidDataException>(() => Learning.Classifier(new MLContext(), new() { ResumeFrom = path }).Fit(Samples.Keyed(new MLContext(), 6))).Message);
    }

    [TestMethod]
    [DataRow("0,")]
    [DataRow("{},")]
    [DataRow("[],")]
    [DataRow("\"\",")]
    public void ADescriptionThatWouldBecomeFarMoreThanItsTextIsRefused(string item)
    {
        const int Count = 3_000_000;
        string path = Path.Combine(Folder, "large.zip");
        File.Copy(Path.Combine(Repository.Tests, "Compatibility", "0.1.0", "ensemble.zip"), path);
        // A list of a list's items in a place that is read before the real one.
        Archives.Edit(path, "model.json", bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Insert(1, $"\"unknown\": [{string.Concat(Enumerable.Repeat(item, Count))}0],")));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Contains("would become far more in memory", Assert.Throws<Exception>(() => Own(new MLContext().Model.Load(path, out _))).ToString());
        Assert.IsLessThan((2L * item.Length * Count) + (64 << 20), GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    [TestMethod]
    [DataRow("model.json", "cut", "model.json is not valid")]
    [DataRow("model.json", "empty", "model.json is not valid")]
    [DataRow("model.json", "noise", "model.json is not valid")]
    [DataRow("model.json", "removed", "has no entry 'model.json'")]
    [DataRow("model.safetensors", "cut", "is not a valid safetensors file")]
    [DataRow("model.safetensors", "empty", "is not a valid safetensors file")]
    [DataRow("model.safetensors", "noise", "is not a valid safetensors file")]
    [DataRow("model.safetensors", "removed", "has no entry 'model.safetensors'")]
    public void DamageIsNamed(string entry, string damage, string expected) => CheckRefused(entry, bytes => damage switch
    {
        "cut" => bytes[..(bytes.Length / 2)],
        "empty" => [],
        "noise" => [.. bytes.Select((_, i) => (byte)(i * 37))],
        _ => null,
    }, expected);

    [TestMethod]
    [DataRow("\"formatVersion\": 2", "\"formatVersion\": 3", "The model file's model.json has format 3, made by Fuse.MLNet 0.1.0")]
    [DataRow("\"formatVersion\": 2", "\"formatVersion\": 0", "The model file's model.json has format 0")]
    [DataRow("\"network.module\"", "\"network.unknown\"", "model.json is not valid")]
    [DataRow("\"batchSize\": 16", "\"batchSize\": \"many\"", "model.json is not valid")]
    [DataRow("\"columns\":", "\"columnz\":", "model.json is not valid")]
    [DataRow("\"history\":", "\"historie\":", "model.json is not valid")]
    [DataRow("\"layout\": 0", "\"layout\": 7", "An epoch has the layout 7 of 1.")]
    [DataRow("\"layout\": 0", "\"layout\": -1", "An epoch has the layout -1 of 1.")]
    [DataRow("\"layout\": 0", "\"layout\": \"0\"", "has a String where a Number was expected")]
    [DataRow("\"layout\": 0", "\"other\": 0", "has more values than its 0 names")]
    [DataRow("\"layouts\": [", "\"layouts\": [ [\"a\", \"b\", \"c\", \"d\"],", "values and 4 names")]
    [DataRow("\"epochs\":", "\"epoches\":", "A history has no epochs.")]
    [DataRow("\"epoch\":", "\"epoche\":", "An epoch of the history has no number.")]
    [DataRow("\"batchSize\": 16", "\"batchSize\": 0", "model.json is not valid")]
    [DataRow("\"batchSize\": 16", "\"batchSize\": -1", "model.json is not valid")]
    public void ADescriptionThatDoesNotFitIsNamed(string what, string by, string expected) => CheckRefused("model.json", Replace(what, by), expected);

    [TestMethod]
    [DataRow("model.json")]
    [DataRow("model.safetensors")]
    public void EntryThatUnpacksToFarMoreIsRefused(string entry) => CheckRefused(entry, _ => new byte[65 << 20], "no model packs that well");

    [TestMethod]
    public void ALongNameIsCutInTheMessage()
    {
        const int Long = 1_000_000;
        string path = Edited("model.safetensors", bytes =>
        {
            string header = Encoding.UTF8.GetString(bytes, 8, checked((int)BitConverter.ToUInt64(bytes)));
            string renamed = header.Replace("weight", new string('x', Long), StringComparison.Ordinal);
            return [.. BitConverter.GetBytes((ulong)renamed.Length), .. Encoding.UTF8.GetBytes(renamed), .. bytes.AsSpan(8 + header.Length)];
        });
        string message = Loading.Refused<InvalidDataException>(_ml, path).Message;
        Assert.Contains("'model._linear.weight' is missing", message);
        Assert.Contains("'model._linear.xxx", message);
        Assert.IsLessThan(5000, message.Length);
    }

    [TestMethod]
    public void WeightsOfAnotherNetworkAreNamed()
    {
        CheckRefused("model.json", text => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace("\"arguments\": []", "\"arguments\": [\"2\", \"4\"]", StringComparison.Ordinal)),
            "do not fit the network: 'model._linear.weight' is Float32 [3, 2], the network has Float32 [4, 2]");
    }

    [TestMethod]
    [DataRow("System.Diagnostics.Process", "System.Diagnostics.Process")]
    [DataRow("Fuse.MLNet.Tests.Sample", "Fuse.MLNet.Tests")]
    public void OnlyAModuleIsEverBuilt(string type, string assembly)
    {
        string path = Edited("model.json", bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)
            .Replace("Fuse.MLNet.Tests.TinyClassifier", type, StringComparison.Ordinal).Replace("\"assemblyName\": \"Fuse.MLNet.Tests\"", $"\"assemblyName\": \"{assembly}\"", StringComparison.Ordinal)));
        TypeLoadException error = Loading.Refused<TypeLoadException>(_ml, path);
        Assert.Contains($"'{type}'", error.Message);
        Assert.Contains("not a Module that can be made", error.Message);
    }

    [TestMethod]
    public void AnUnknownClassIsNamedAndLoadsOnceRegistered()
    {
        string path = Edited("model.json", Replace("Fuse.MLNet.Tests.TinyClassifier", "Gone.Away.TinyNet"));
        TypeLoadException error = Loading.Refused<TypeLoadException>(_ml, path);
        foreach (string expected in new[] { "'Gone.Away.TinyNet'", "'Fuse.MLNet.Tests'", "RegisterNetwork<TinyNet>()" })
            Assert.Contains(expected, error.Message);
        _ml.Fuse().RegisterNetwork<TinyClassifier>("Gone.Away.TinyNet");
        Assert.HasCount(4, Learning.Scores(Own(_ml.Model.Load(path, out _)).Transform(Samples.Keyed(_ml, 4))));
    }

    private static Func<byte[], byte[]> Replace(string what, string by) => bytes =>
    {
        string text = Encoding.UTF8.GetString(bytes);
        Assert.Contains(what, text);
        return Encoding.UTF8.GetBytes(text.Replace(what, by, StringComparison.Ordinal));
    };

    private void CheckRefused(string entry, Func<byte[], byte[]?> change, string expected)
    {
        string path = Edited(entry, change);
        InvalidDataException error = Loading.Refused<InvalidDataException>(_ml, path);
        Assert.Contains(expected, error.Message);
    }

    /// <summary>Saves a model and changes one entry of the file, or removes it when the change gives null.</summary>
    private string Edited(string entryName, Func<byte[], byte[]?> change)
    {
        string path = Path.Combine(Folder, "model.zip");
        using (FuseTransformer transformer = Learning.Classify())
            _ml.Model.Save(transformer, Samples.Keyed(_ml, 3).Schema, path);
        Archives.Edit(path, entryName, change);
        return path;
    }
}
