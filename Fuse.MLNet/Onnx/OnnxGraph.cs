namespace Fuse.MLNet;

/// <summary>Is an ONNX graph: what is written to a file, or into ML.NET's graph.</summary>
/// <param name="Inputs">The inputs.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Operations">The operations, each behind those whose outputs it reads.</param>
/// <param name="Constants">The weights and constants by name: Float32, Float64, Int64 or Boolean tensors on the CPU, which belong to the graph.</param>
internal sealed record OnnxGraph(
    IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs, IReadOnlyList<OnnxOperation> Operations, IReadOnlyDictionary<string, Tensor> Constants) : IDisposable
{
    /// <summary>The version of ONNX's operators: the newest that ML.NET's own export writes, so that one graph serves both.</summary>
    public const int OperatorSet = 12;

    public void Dispose()
    {
        foreach (Tensor constant in Constants.Values)
            constant.Dispose();
    }
}
