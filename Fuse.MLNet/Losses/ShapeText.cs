namespace Fuse.MLNet;

/// <summary>Writes shapes for error texts.</summary>
internal static class ShapeText
{
    /// <summary>Writes a tensor's shape as <c>[2, 3]</c>.</summary>
    public static string Of(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    /// <summary>Writes which keys have which shapes.</summary>
    public static string Of(string predKey, Tensor pred, string targetKey, Tensor target) => $"'{predKey}' is {Of(pred)} and '{targetKey}' is {Of(target)}";

    /// <summary>Tells whether two spans of sizes are equal.</summary>
    public static bool Same(ReadOnlySpan<long> left, ReadOnlySpan<long> right) => left.SequenceEqual(right);
}
