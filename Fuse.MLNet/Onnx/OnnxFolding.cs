namespace Fuse.MLNet;

/// <summary>Computes the operations of a graph that read constants only, such as the transposition of weights.</summary>
internal static class OnnxFolding
{
    // What makes large tensors of small ones is left to be done when the graph runs.
    private static readonly HashSet<string> Left = ["Expand", "Tile", "Range", "Resize", "Pad"];

    /// <summary>Replaces such operations by constants.</summary>
    public static void Fold(List<OnnxOperation> operations, Dictionary<string, Tensor> constants)
    {
        var kept = new List<OnnxOperation>();
        foreach (OnnxOperation operation in operations)
        {
            bool isConstant = operation.Inputs.Count > 0 && !Left.Contains(operation.Operator) && operation.Inputs.All(input => input.Length == 0 || constants.ContainsKey(input));
            if (isConstant && Compute(operation, constants) is { } value)
                constants[operation.Output] = value;
            else
                kept.Add(operation);
        }
        operations.Clear();
        operations.AddRange(kept);
    }

    // Constants have one of four types; a value of another one is made when the graph runs.
    private static Tensor? Compute(OnnxOperation operation, Dictionary<string, Tensor> constants)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor value = OnnxInterpreter.Compute(operation, input => input.Length == 0 ? null : constants[input]);
        return value.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Int64 or ScalarType.Bool
            ? value.contiguous().clone().DetachFromDisposeScope() : null;
    }
}
