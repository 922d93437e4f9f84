namespace Fuse.MLNet;

/// <summary>Is one operation of an ONNX graph.</summary>
/// <param name="Operator">The operator, such as <c>Conv</c>.</param>
/// <param name="Inputs">The names of its inputs; empty for one that is left out.</param>
/// <param name="Output">The name of its output.</param>
/// <param name="Attributes">Its attributes: long, float, string, <c>long[]</c> or <c>float[]</c>.</param>
internal sealed record OnnxOperation(string Operator, IReadOnlyList<string> Inputs, string Output, IReadOnlyDictionary<string, object> Attributes)
{
    public long Long(string name, long otherwise = 0) => Attributes.TryGetValue(name, out object? value) ? (long)value : otherwise;

    public double Number(string name, double otherwise) => Attributes.TryGetValue(name, out object? value) ? (float)value : otherwise;

    public string Text(string name, string otherwise) => Attributes.TryGetValue(name, out object? value) ? (string)value : otherwise;

    public long[] Longs(string name) => Attributes.TryGetValue(name, out object? value) ? (long[])value : [];
}
