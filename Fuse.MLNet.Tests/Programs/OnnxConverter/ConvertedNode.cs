namespace Fuse.MLNet.Tests;

/// <summary>Is one operation that a step wrote.</summary>
public sealed class ConvertedNode
{
    public required string Operator { get; init; }

    public required string[] Inputs { get; init; }

    public required string[] Outputs { get; init; }

    /// <summary>Gets the attributes: long, float, string or long[].</summary>
    public Dictionary<string, object> Attributes { get; } = new(StringComparer.Ordinal);
}
