namespace Fuse.MLNet;

/// <summary>Holds how each of libtorch's operations is written in ONNX.</summary>
internal static partial class OnnxOperators
{
    /// <summary>Gets the operations by name.</summary>
    public static IReadOnlyDictionary<string, Func<OnnxEmitter, TracedStep, string[]>> All { get; } = Collect();

    private static Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> Collect()
    {
        var all = new Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>>(StringComparer.Ordinal);
        AddElementwise(all);
        AddCombinations(all);
        AddReductions(all);
        AddProducts(all);
        AddLayers(all);
        AddPooling(all);
        AddShapes(all);
        AddSelections(all);
        AddConstants(all);
        return all;
    }

    private static void Set(this Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all, ReadOnlySpan<string> names, Func<OnnxEmitter, TracedStep, string> write)
    {
        foreach (string name in names)
            all.Add(name, (e, step) => [write(e, step)]);
    }

    /// <summary>Gets the element type of the result.</summary>
    private static ScalarType Type(this TracedStep step) => step.Result.Type ?? throw step.NotExported("makes a tensor of a type that has no ONNX form here");

    /// <summary>Counts a dimension from the first one.</summary>
    private static long Dimension(long dimension, int rank) => dimension < 0 ? dimension + rank : dimension;

    private static long FixedSize(this TracedStep step, TracedTensor tensor, int dimension) =>
        tensor.Shape[dimension] is { IsPerRow: false, Value: var size } ? size : throw step.NotExported($"works on dimension {dimension}, whose size depends on the number of rows");
}
