using Microsoft.ML.Model.OnnxConverter;

namespace Fuse.MLNet.Tests;

/// <summary>Lets ML.NET's steps add attributes to a node.</summary>
internal sealed class ConvertedOnnxNode(ConvertedNode node) : OnnxNode
{
    public override void AddAttribute(string argName, double value) => node.Attributes[argName] = (float)value;

    public override void AddAttribute(string argName, long value) => node.Attributes[argName] = value;

    public override void AddAttribute(string argName, ReadOnlyMemory<char> value) => node.Attributes[argName] = value.ToString();

    public override void AddAttribute(string argName, string value) => node.Attributes[argName] = value;

    public override void AddAttribute(string argName, bool value) => node.Attributes[argName] = value ? 1L : 0L;

    public override void AddAttribute(string argName, IEnumerable<double> value) => throw new NotSupportedException();

    public override void AddAttribute(string argName, IEnumerable<float> value) => throw new NotSupportedException();

    public override void AddAttribute(string argName, IEnumerable<long> value) => node.Attributes[argName] = value.ToArray();

    public override void AddAttribute(string argName, IEnumerable<ReadOnlyMemory<char>> value) => throw new NotSupportedException();

    public override void AddAttribute(string argName, string[] value) => throw new NotSupportedException();

    public override void AddAttribute(string argName, IEnumerable<string> value) => throw new NotSupportedException();

    public override void AddAttribute(string argName, IEnumerable<bool> value) => throw new NotSupportedException();

    // ONNX's numbers of the types that ML.NET casts to.
    public override void AddAttribute(string argName, Type t) => node.Attributes[argName] = Type.GetTypeCode(t) switch
    {
        TypeCode.Single => 1L,
        TypeCode.Int32 => 6L,
        TypeCode.Int64 => 7L,
        TypeCode.Boolean => 9L,
        TypeCode.UInt32 => 12L,
        _ => throw new NotSupportedException(t.Name),
    };
}
