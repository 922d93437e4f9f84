using System.IO.Compression;

namespace Fuse.MLNet.Tests;

/// <summary>Reads files that PyTorch wrote.</summary>
[TestClass]
public sealed class TorchFileTests : LeakCheckedTest
{
    public static IEnumerable<object[]> Names => TorchFiles.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void EveryTensorIsPyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> expected = TorchFiles.Tensors(name), targets = expected.ToDictionary(pair => pair.Key, pair => full_like(pair.Value, 1));
        WeightsReport report = new WeightsFile(Write(TorchFiles.Bytes(name))).LoadInto(targets);
        Assert.IsTrue(report.IsComplete, report.ToString());
        foreach ((string key, Tensor value) in expected)
            Assert.IsTrue(value.SameAs(targets[key]), key);
    }

    [TestMethod]
    public void TypesAreConvertedAndLayoutsKept()
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> views = TorchFiles.Tensors("views");
        var targets = views.ToDictionary(pair => pair.Key, pair => zeros_like(pair.Value).to(ScalarType.Float64));
        targets["transposed"] = zeros(4, 6, ScalarType.Float64).t();
        Tensor transposed = targets["transposed"];
        new WeightsFile(Write(TorchFiles.Bytes("views"))).LoadInto(targets);
        foreach ((string key, Tensor value) in views)
            Assert.IsTrue(value.to(ScalarType.Float64).SameAs(targets[key]), key);
        Assert.IsFalse(transposed.is_contiguous());
    }

    [TestMethod]
    public void AModuleStartsFromAStateDict()
    {
        using var module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3));
        Assert.HasCount(7, new WeightsFile(Write(TorchFiles.Bytes("module"))).LoadInto(module).Loaded);
        using var scope = NewDisposeScope();
        foreach ((string key, Tensor value) in TorchFiles.Tensors("module"))
            Assert.IsTrue(value.SameAs(module.state_dict()[key]), key);
    }

    [TestMethod]
    public void NamesAreMappedAndReportedAsThoseOfSafetensors()
    {
        using var scope = NewDisposeScope();
        var targets = new Dictionary<string, Tensor> { ["backbone.weight"] = zeros(3, 2), ["backbone.bias"] = zeros(4), ["head"] = zeros(1) };
        var file = new WeightsFile(Write(TorchFiles.Bytes("module"))) { PrefixMap = [new("0.", "backbone.")], Skip = ["1.running"], Strict = false };
        WeightsReport report = file.LoadInto(targets);
        Assert.AreEqual("[backbone.weight]", report.Loaded.ToString());
        Assert.AreEqual("[head]", report.Missing.ToString());
        Assert.AreEqual("[1.weight, 1.bias, 1.num_batches_tracked]", report.Unexpected.ToString());
        Assert.AreEqual("[backbone.bias (Float32 [3] in the file, Float32 [4] in the network)]", report.Mismatched.ToString());
        Assert.Contains("set Strict to false", Assert.ThrowsExactly<InvalidDataException>(() => (file with { Strict = true }).LoadInto(targets)).Message);
    }

    [TestMethod]
    public void TheContentTellsTheFormatNotTheName()
    {
        using var scope = NewDisposeScope();
        var targets = new Dictionary<string, Tensor> { ["a"] = zeros(2, 2), ["b"] = zeros(2, 2) };
        foreach (string name in new[] { "w.pt", "w.PTH", "w.bin", "w.ckpt", "w.safetensors", "w" })
            Assert.IsTrue(new WeightsFile(Write(TorchFiles.Bytes("parameters"), name)).LoadInto(targets).IsComplete, name);
        // A header of 640 bytes begins as a pickle of protocol 2 does.
        string path = Path.Combine(Folder, "w.pt");
        using (FileStream stream = File.Create(path))
            SafetensorsWriter.Write(stream, targets, new Dictionary<string, string> { ["pad"] = new('x', 496) });
        Assert.AreEqual(0x80, File.ReadAllBytes(path)[0]);
        Assert.AreEqual(2, File.ReadAllBytes(path)[1]);
        Assert.IsTrue(new WeightsFile(path).LoadInto(targets).IsComplete);
    }

    [TestMethod]
    public void EntriesOfNewerVersionsOfPyTorchAreFine()
    {
        using var scope = NewDisposeScope();
        string path = Write(TorchFiles.Bytes("module"));
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
            foreach ((string name, string text) in new[] { ("byteorder", "little"), (".format_version", "1"), (".storage_alignment", "64"), (".data/serialization_id", "123") })
                using (var writer = new StreamWriter(zip.CreateEntry("archive/" + name, CompressionLevel.NoCompression).Open()))
                    writer.Write(text);
        using var module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3));
        Assert.IsTrue(new WeightsFile(path).LoadInto(module).IsComplete);
    }

    private string Write(byte[] bytes, string name = "weights.pt")
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
