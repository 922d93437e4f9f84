namespace Fuse.MLNet.Tests;

/// <summary>Holds what a pipeline's steps wrote into ML.NET's ONNX graph.</summary>
public sealed class ConvertedGraph
{
    /// <summary>Gets the inputs: name, type and number of values a row.</summary>
    public List<(string Name, Type Type, int Size)> Inputs { get; } = [];

    /// <summary>Gets the variable of each column of the last view.</summary>
    public Dictionary<string, string> Columns { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the constants: floats, doubles, longs or Booleans, with their shape.</summary>
    public Dictionary<string, (Array Values, long[] Shape)> Constants { get; } = new(StringComparer.Ordinal);

    public List<ConvertedNode> Nodes { get; } = [];

    /// <summary>Gets the operator set that a step asked for last.</summary>
    public int OperatorSet { get; internal set; }
}
