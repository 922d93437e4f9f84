using System.Text.Json;

namespace Fuse.MLNet.Tests;

/// <summary>Holds files that PyTorch wrote.</summary>
internal static class TorchFiles
{
    private static readonly JsonElement Root = Read();

    public static IEnumerable<string> Names => Root.GetProperty("cases").EnumerateArray().Select(file => file.GetProperty("name").GetString()!);

    /// <summary>Gets the bytes of a file with tensors.</summary>
    public static byte[] Bytes(string name) => Case(name).GetProperty("file").GetBytesFromBase64();

    /// <summary>Gets the bytes of a file that is refused.</summary>
    public static byte[] Refused(string name) => Root.GetProperty("refused").GetProperty(name).GetBytesFromBase64();

    /// <summary>Gets the tensors of a file.</summary>
    public static Dictionary<string, Tensor> Tensors(string name) => Case(name).GetProperty("tensors").EnumerateObject().ToDictionary(pair => pair.Name, pair =>
        tensor(pair.Value.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()).ToArray())
            .reshape([.. pair.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]).to(Enum.Parse<ScalarType>(pair.Value.GetProperty("type").GetString()!)));

    private static JsonElement Case(string name) => Root.GetProperty("cases").EnumerateArray().Single(file => file.GetProperty("name").GetString() == name);

    private static JsonElement Read()
    {
        using Stream stream = typeof(TorchFiles).Assembly.GetManifestResourceStream("Fuse.MLNet.Tests.Persistence.PyTorch.Data.torch.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
