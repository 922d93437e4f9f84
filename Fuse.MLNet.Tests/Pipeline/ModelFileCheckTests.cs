using System.IO.Compression;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Checks model files before ML.NET reads them.</summary>
[TestClass]
public sealed class ModelFileCheckTests : LeakCheckedTest
{
    private const string Schema = "Schema";
    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> KeptFiles() => Directory.GetFiles(Path.Combine(Repository.Tests, "Compatibility"), "*.zip", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => new object[] { Path.GetRelativePath(Repository.Tests, path) });

    [TestMethod]
    [DynamicData(nameof(KeptFiles))]
    public void AGoodFilePasses(string path) => _ml.Fuse().CheckModelFile(Path.Combine(Repository.Tests, path));

    [TestMethod]
    public void AFileWithoutASchemaPasses()
    {
        string path = Path.Combine(Folder, "model.zip");
        using (FuseTransformer model = Learning.Classify())
            _ml.Model.Save(model, inputSchema: null, path);
        _ml.Fuse().CheckModelFile(path);
    }

    [TestMethod]
    [DataRow("network_of")]
    [DataRow("multi_head")]
    public void ASchemaCutOffAnywhereIsRefused(string kept)
    {
        string path = Copy(kept);
        byte[] schema = Archives.Read(path, Schema);
        for (int length = 0; length < schema.Length; length++)
        {
            byte[] cut = schema[..length];
            Archives.Edit(path, Schema, _ => cut);
            Refuse(path, "Schema is damaged");
        }
    }

    [TestMethod]
    public void AnEntryThatUnpacksToFarMoreIsRefused()
    {
        string path = Copy("network_of");
        Archives.Edit(path, Schema, _ => new byte[65 << 20]);
        Refuse(path, "no model packs that well");
    }

    [TestMethod]
    public void ADoubledEntryIsRefused()
    {
        string path = Copy("network_of");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
            zip.CreateEntry("schema");
        Refuse(path, "two entries of the name 'schema'");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(100)]
    public void AFileThatIsNoArchiveIsNamed(int length)
    {
        string path = Path.Combine(Folder, "model.zip");
        File.WriteAllBytes(path, new byte[length]);
        Refuse(path, $"{path} is not a model file");
    }

    [TestMethod]
    public void AMissingFileIsTheSystemsError() => Assert.ThrowsExactly<FileNotFoundException>(() => _ml.Fuse().CheckModelFile(Path.Combine(Folder, "none.zip")));

    private string Copy(string kept)
    {
        string path = Path.Combine(Folder, "model.zip");
        File.Copy(Path.Combine(Repository.Tests, "Compatibility", "0.1.0", $"{kept}.zip"), path);
        return path;
    }

    private void Refuse(string path, string expected) => Assert.Contains(expected, Assert.ThrowsExactly<InvalidDataException>(() => _ml.Fuse().CheckModelFile(path)).Message);
}
