using System.Text.Json;

namespace Fuse.MLNet.Tests;

/// <summary>Reads the loss values and gradients that were computed with FuseMedML and torchvision.</summary>
internal static class Oracle
{
    private static readonly JsonElement Root = Read();

    /// <summary>Gets the names of all cases.</summary>
    public static IEnumerable<string> Names => Root.GetProperty("cases").EnumerateArray().Select(element => element.GetProperty("name").GetString()!);

    /// <summary>Gets the case of a name.</summary>
    public static OracleCase Case(string name) =>
        new(Root.GetProperty("cases").EnumerateArray().Single(element => element.GetProperty("name").GetString() == name));

    /// <summary>Gets a part beside the cases, such as <c>loss_warm_up</c>.</summary>
    public static OracleCase Part(string name) => new(Root.GetProperty(name));

    /// <summary>Makes a tensor of the table.</summary>
    public static Tensor Tensor(string id)
    {
        JsonElement element = Root.GetProperty("tensors").GetProperty(id);
        long[] shape = [.. element.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        double[] data = [.. element.GetProperty("data").EnumerateArray().Select(value => value.GetDouble())];
        ScalarType type = element.GetProperty("dtype").GetString() switch
        {
            "float32" => ScalarType.Float32,
            "float64" => ScalarType.Float64,
            "int64" => ScalarType.Int64,
            string other => throw new InvalidDataException(other),
            null => throw new InvalidDataException(id),
        };
        return tensor(data).reshape(shape).to(type);
    }

    private static JsonElement Read()
    {
        using Stream stream = typeof(Oracle).Assembly.GetManifestResourceStream("Fuse.MLNet.Tests.Losses.Data.oracle.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
