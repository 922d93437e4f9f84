using System.Text;

namespace Fuse.MLNet.Tests;

/// <summary>Reads safetensors data whose header lies; each lie must be named before any memory is taken for it.</summary>
[TestClass]
public sealed class SafetensorsErrorTests : LeakCheckedTest
{
    private const string One = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    [TestMethod]
    [DataRow("not json", "{", 8)]
    [DataRow("a list", "[]", 0)]
    [DataRow("unknown type", """{"x":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("no type", """{"x":{"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("type is null", """{"x":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("type is a number", """{"x":{"dtype":3,"shape":[2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("no shape", """{"x":{"dtype":"F32","data_offsets":[0,8]}}""", 8)]
    [DataRow("negative size", """{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("two negative sizes", """{"x":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8)]
    [DataRow("fraction of a size", """{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8)]
    [DataRow("huge shape", """{"x":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", 8)]
    [DataRow("overflow to 8 bytes", """{"x":{"dtype":"F32","shape":[4611686018427387906,4611686018427387904],"data_offsets":[0,8]}}""", 8)]
    [DataRow("size over 64 bits", """{"x":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}""", 8)]
    [DataRow("shape larger than data", """{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8)]
    [DataRow("one offset", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8)]
    [DataRow("backward offsets", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8)]
    [DataRow("negative offset", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8)]
    [DataRow("offset behind the end", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 8)]
    [DataRow("gap", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12)]
    [DataRow("overlap", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8)]
    [DataRow("twice", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8)]
    [DataRow("data too short", One, 7)]
    [DataRow("data too long", One, 9)]
    public void ALyingHeaderIsNamed(string lie, string header, int dataBytes)
    {
        using MemoryStream file = Make(Encoding.UTF8.GetByteCount(header), header, dataBytes);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => new SafetensorsReader(file, "weights.bin"), lie);
        Assert.StartsWith("weights.bin is not a valid safetensors file: ", error.Message);
    }

    [TestMethod]
    [DataRow(long.MaxValue)]
    [DataRow(-1L)]
    [DataRow(200_000_000L)]
    [DataRow(64L)]
    public void AHeaderLongerThanTheFileIsNamed(long claimed)
    {
        using MemoryStream file = Make(claimed, "{}", 0);
        Assert.Contains("its header claims", Assert.ThrowsExactly<InvalidDataException>(() => new SafetensorsReader(file, "x")).Message);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(7)]
    public void TooFewBytesForAHeaderAreNamed(int length)
    {
        using var file = new MemoryStream(new byte[length]);
        Assert.Contains($"it has {length} bytes", Assert.ThrowsExactly<InvalidDataException>(() => new SafetensorsReader(file, "x")).Message);
    }

    [TestMethod]
    [DataRow("y", new long[] { 2 }, ScalarType.Float32, "'y' is missing; 'x' is unexpected")]
    [DataRow("x", new long[] { 1, 2 }, ScalarType.Float32, "'x' is Float32 [2], the network has Float32 [1, 2]")]
    [DataRow("x", new long[] { 2 }, ScalarType.Int32, "'x' is Float32 [2], the network has Int32 [2]")]
    public void TensorsThatDoNotFitAreNamed(string name, long[] shape, ScalarType type, string expected)
    {
        using var scope = NewDisposeScope();
        using MemoryStream file = Make(One.Length, One, 8);
        Tensor target = ones(shape, type);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() =>
            new SafetensorsReader(file, "x").CopyTo(new Dictionary<string, Tensor> { [name] = target }));
        Assert.Contains(expected, error.Message);
        Assert.IsTrue(target.eq(1).all().ToBoolean(), "Nothing may be copied then.");
    }

    private static MemoryStream Make(long headerLength, string header, int dataBytes)
    {
        var file = new MemoryStream();
        file.Write(BitConverter.GetBytes(headerLength));
        file.Write(Encoding.UTF8.GetBytes(header));
        file.Write(new byte[dataBytes]);
        file.Position = 0;
        return file;
    }
}
