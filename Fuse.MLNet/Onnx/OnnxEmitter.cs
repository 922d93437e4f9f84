namespace Fuse.MLNet;

/// <summary>Writes traced operations as ONNX operations.</summary>
internal sealed class OnnxEmitter(OnnxBuilder graph, IReadOnlyDictionary<string, Tensor> constants)
{
    private readonly Dictionary<TracedTensor, string> _names = [];

    /// <summary>Gets the graph that is built.</summary>
    public OnnxBuilder Graph => graph;

    /// <summary>Gives a traced value its name in the graph.</summary>
    public void Name(TracedTensor tensor, string name) => _names[tensor] = name;

    /// <summary>Writes what outputs need of a run.</summary>
    /// <returns>The names of the outputs, by name.</returns>
    /// <exception cref="NotSupportedException">Something that they need has no ONNX form.</exception>
    public Dictionary<string, string> Write(TracedRun run)
    {
        var needed = new HashSet<TracedTensor>(run.Outputs.Values);
        var steps = new Stack<TracedStep>();
        foreach (TracedStep step in run.Steps.Reverse().Where(step => step.Results.Any(needed.Contains)))
        {
            needed.UnionWith(step.Operands);
            steps.Push(step);
        }
        foreach (TracedStep step in steps)
        {
            if (!OnnxOperators.All.TryGetValue(step.Name, out Func<OnnxEmitter, TracedStep, string[]>? write))
                throw step.NotExported("has no ONNX form here");
            foreach ((TracedTensor result, string name) in step.Results.Zip(write(this, step)))
                _names[result] = name;
        }
        return run.Outputs.ToDictionary(output => output.Key, output => NameOf(output.Value, "The output"), StringComparer.Ordinal);
    }

    /// <summary>Gets the name of a tensor argument.</summary>
    public string In(TracedStep step, params ReadOnlySpan<string> names) => NameOf(step.Tensor(names), step.Place);

    /// <summary>Gets the name of a tensor in the graph.</summary>
    public string NameOf(TracedTensor tensor, string user)
    {
        if (_names.TryGetValue(tensor, out string? name))
            return name;
        if (tensor.Origin is { } origin && constants.TryGetValue(origin, out Tensor? constant))
            return _names[tensor] = graph.Constant(origin, constant);
        throw OnnxErrors.NotExported(user, "reads a tensor that is neither an input, a parameter or a buffer, nor made of them by operations that can be seen: " +
            "one that forward makes of an array (make it once, in the constructor, and register it as a buffer), or one that changed while another was written to that shares its memory");
    }

    /// <summary>Gets an operand, tensor or number, in the type that the operation computes in.</summary>
    public string Operand(TracedStep step, string name, ScalarType type) => step.Find(name) switch
    {
        TracedTensor tensor => Typed(NameOf(tensor, step.Place), tensor.Type, type),
        null => throw step.NotExported($"has no '{name}'"),
        _ => graph.Scalar(step.Number(name), type),
    };

    /// <summary>Converts a value where its type is another.</summary>
    public string Typed(string value, ScalarType? from, ScalarType to) => from == to ? value : graph.Cast(value, to);

    public string Add(string type, params string[] inputs) => graph.Add(type, inputs);
}
