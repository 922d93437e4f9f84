namespace Fuse.MLNet;

/// <summary>Describes an output column of the exported network.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Key">The batch key that it is read from.</param>
/// <param name="Activation">What is applied to the value.</param>
/// <param name="RowShape">The shape of one row.</param>
/// <param name="PredictedLabelName">The name of the column of the key of the largest value, or null.</param>
internal sealed record OnnxOutput(string Name, string Key, Activation Activation, IReadOnlyList<long> RowShape, string? PredictedLabelName)
{
    /// <summary>Reads the value of a batch of rows.</summary>
    public Tensor Read(BatchDict batch) => Activation.Apply(batch[Key]);

    /// <summary>Writes the column, and that of the largest value's key, behind the value.</summary>
    /// <returns>The outputs of the graph.</returns>
    public IEnumerable<OnnxValue> Write(OnnxBuilder graph, string value, ScalarType? type)
    {
        long width = RowShape.Aggregate(1L, (product, size) => product * size);
        string single = type == ScalarType.Float32 ? value : graph.Cast(value, ScalarType.Float32);
        graph.AddNamed(Name, "Reshape", [single, graph.Longs([-1, .. RowShape])]);
        yield return new OnnxValue(Name, OnnxType.Float, RowShape);
        if (PredictedLabelName is null)
            yield break;
        // Keys are counted from 1; 0, a missing one, where a value is not a number.
        string rows = graph.Add("Reshape", [Name, graph.Longs(-1, width)]);
        string largest = graph.Add("Add", [graph.Add("ArgMax", [rows], ("axis", 1L), ("keepdims", 1L)), graph.Longs(1)]);
        string bad = graph.Add("ReduceMax", [graph.Cast(graph.Add("IsNaN", [rows]), ScalarType.Float32)], ("axes", new long[] { 1 }), ("keepdims", 1L));
        string key = graph.Add("Where", [graph.Add("Greater", [bad, graph.Scalar(0)]), graph.Longs(0), largest]);
        graph.AddNamed(PredictedLabelName, "Cast", [key], ("to", (long)OnnxType.UInt32));
        yield return new OnnxValue(PredictedLabelName, OnnxType.UInt32, [1]);
    }
}
