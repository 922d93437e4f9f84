using System.Text.Json;

namespace Fuse.MLNet.Tests;

/// <summary>Holds one case: inputs, arguments, value and gradients.</summary>
internal sealed class OracleCase(JsonElement element)
{
    public JsonElement Element => element;

    public string Name => element.GetProperty("name").GetString()!;

    public bool HasFloat64 => element.TryGetProperty("float64", out _);

    public Tensor Input(string name) => Oracle.Tensor(element.GetProperty("inputs").GetProperty(name).GetString()!);

    public Tensor Loss(bool isDouble) => Oracle.Tensor(Expected(isDouble).GetProperty("loss").GetString()!);

    public Tensor? Gradient(string input, bool isDouble) =>
        Expected(isDouble).TryGetProperty($"grad_{input}", out JsonElement id) ? Oracle.Tensor(id.GetString()!) : null;

    public IEnumerable<string> Inputs => element.GetProperty("inputs").EnumerateObject().Select(input => input.Name);

    public double Number(string argument, double otherwise) =>
        Argument(argument) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : otherwise;

    public string? Text(string argument) => Argument(argument) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public bool Flag(string argument) => Argument(argument) is { ValueKind: JsonValueKind.True };

    public ValueList<float>? Floats(string argument) =>
        Argument(argument) is { ValueKind: JsonValueKind.Array } value ? ValueList.Create<float>([.. value.EnumerateArray().Select(number => number.GetSingle())]) : null;

    private JsonElement? Argument(string name) => element.GetProperty("kwargs").TryGetProperty(name, out JsonElement value) ? value : null;

    private JsonElement Expected(bool isDouble) => isDouble ? element.GetProperty("float64") : element;
}
