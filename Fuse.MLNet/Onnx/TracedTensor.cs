namespace Fuse.MLNet;

/// <summary>Is one value of a traced run: a tensor as one operation made it. A tensor that is written to is another value afterwards.</summary>
/// <param name="shape">Its sizes.</param>
/// <param name="type">Its element type, or null for one that ONNX has no like of.</param>
/// <param name="origin">The name of the input, parameter or buffer that it is, or null.</param>
internal sealed class TracedTensor(IReadOnlyList<TracedSize> shape, ScalarType? type, string? origin = null)
{
    public IReadOnlyList<TracedSize> Shape => shape;

    public ScalarType? Type => type;

    public string? Origin => origin;

    public int Rank => shape.Count;
}
