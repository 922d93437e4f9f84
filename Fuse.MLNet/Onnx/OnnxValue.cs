namespace Fuse.MLNet;

/// <summary>Is an input or an output of an ONNX graph: rows of one shape.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type, a number of ONNX's <c>TensorProto.DataType</c>.</param>
/// <param name="RowShape">The sizes behind the number of rows.</param>
internal sealed record OnnxValue(string Name, OnnxType Type, IReadOnlyList<long> RowShape);
