using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SafetensorsTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(ScalarType.Bool, "BOOL", 1)]
    [DataRow(ScalarType.Byte, "U8", 1)]
    [DataRow(ScalarType.Int8, "I8", 1)]
    [DataRow(ScalarType.Int16, "I16", 2)]
    [DataRow(ScalarType.Int32, "I32", 4)]
    [DataRow(ScalarType.Int64, "I64", 8)]
    [DataRow(ScalarType.Float16, "F16", 2)]
    [DataRow(ScalarType.BFloat16, "BF16", 2)]
    [DataRow(ScalarType.Float32, "F32", 4)]
    [DataRow(ScalarType.Float64, "F64", 8)]
    public void EveryTypeComesBack(ScalarType type, string name, int size)
    {
        using var scope = NewDisposeScope();
        var values = new Dictionary<string, Tensor>
        {
            ["matrix"] = tensor(new[] { 1f, 0, 3, 4, 0, 6 }).reshape(2, 3).to(type),
            ["scalar"] = tensor(1f).to(type),
            ["empty"] = zeros(0, 4).to(type),
            ["transposed"] = tensor(new[] { 1f, 0, 3, 4, 0, 6 }).reshape(2, 3).to(type).t(),
        };
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, values);
        using JsonDocument header = Header(file);
        JsonElement matrix = header.RootElement.GetProperty("matrix");
        Assert.AreEqual(name, matrix.GetProperty("dtype").GetString());
        long[] offsets = [.. matrix.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        Assert.AreEqual(6 * size, offsets[1] - offsets[0]);

        file.Position = 0;
        var reader = new SafetensorsReader(file, "test");
        var targets = values.ToDictionary(pair => pair.Key, pair => zeros_like(pair.Value));
        reader.CopyTo(targets);
        foreach ((string key, Tensor value) in values)
            Assert.IsTrue(value.eq(targets[key]).all().ToBoolean(), key);
    }

    [TestMethod]
    public void TheBytesAreWhatTheFormatSays()
    {
        using var scope = NewDisposeScope();
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, new Dictionary<string, Tensor> { ["b"] = tensor(new byte[] { 7, 8, 9 }), ["a"] = tensor(new[] { 1f, -2f }) });
        // Eight bytes of length, a JSON header padded with spaces to a multiple of eight, then the data, widest elements first.
        byte[] bytes = file.ToArray();
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.AreEqual(0, length % 8);
        string header = Encoding.UTF8.GetString(bytes, 8, (int)length);
        Assert.AreEqual("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""", header.TrimEnd(' '));
        CollectionAssert.AreEqual(new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7, 8, 9 }, bytes[(8 + (int)length)..]);
    }

    [TestMethod]
    public void MetadataAndAStreamThatStandsElsewhereAreFine()
    {
        using var scope = NewDisposeScope();
        byte[] header = Encoding.UTF8.GetBytes("""{"__metadata__":{"format":"pt"},"x":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""");
        using var file = new MemoryStream();
        file.Write([1, 2, 3]);
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        file.Write(BitConverter.GetBytes(5L));
        file.Position = 3;
        Tensor target = zeros([], ScalarType.Int64);
        new SafetensorsReader(file, "test").CopyTo(new Dictionary<string, Tensor> { ["x"] = target });
        Assert.AreEqual(5, target.item<long>());
    }

    [TestMethod]
    public void AnUnsupportedTypeIsNamed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("ComplexFloat32", Assert.ThrowsExactly<NotSupportedException>(() =>
            SafetensorsWriter.Write(new MemoryStream(), new Dictionary<string, Tensor> { ["c"] = zeros(1, ScalarType.ComplexFloat32) })).Message);
    }

    private static JsonDocument Header(MemoryStream file) =>
        JsonDocument.Parse(file.ToArray().AsMemory(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file.ToArray())));
}
