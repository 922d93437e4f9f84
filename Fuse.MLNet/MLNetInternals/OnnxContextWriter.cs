using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Fuse.MLNet;

/// <summary>Writes a graph into the one that ML.NET's <c>ConvertToOnnx</c> makes of a whole pipeline.</summary>
internal static class OnnxContextWriter
{
    private const string Prefix = "Fuse";

    /// <summary>Writes a graph.</summary>
    /// <param name="context">ML.NET's graph.</param>
    /// <param name="graph">The graph; its inputs are columns that ML.NET's graph has.</param>
    /// <param name="schema">The scored schema, which has the outputs.</param>
    public static void Write(OnnxContext context, OnnxGraph graph, DataViewSchema schema)
    {
        context.CheckOpSetVersion(OnnxGraph.OperatorSet, nameof(FuseTransformer));
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "" };
        foreach (OnnxValue input in graph.Inputs)
        {
            if (!context.ContainsColumn(input.Name))
                throw MLNetErrors.Mark(new NotSupportedException($"The network cannot be converted to ONNX: its input column '{input.Name}' is made by a step that has no ONNX form."));
            names[input.Name] = context.GetVariableName(input.Name);
        }
        foreach (OnnxValue output in graph.Outputs)
            names[output.Name] = context.AddIntermediateVariable(schema[output.Name].Type, output.Name, false);
        foreach ((string name, Tensor value) in graph.Constants)
            names[name] = Add(context, $"{Prefix}.{name}", value);
        foreach (OnnxOperation operation in graph.Operations)
        {
            if (!names.ContainsKey(operation.Output))
                names[operation.Output] = context.AddIntermediateVariable(NumberDataViewType.Single, $"{Prefix}.{operation.Output}", true);
            OnnxNode node = context.CreateNode(operation.Operator, operation.Inputs.Select(input => names[input]), [names[operation.Output]], context.GetNodeName(operation.Operator), "");
            foreach ((string name, object value) in operation.Attributes)
                Add(node, name, value);
        }
    }

    private static string Add(OnnxContext context, string name, Tensor value) => value.dtype switch
    {
        ScalarType.Float32 => context.AddInitializer(value.data<float>().ToArray(), value.shape, name),
        ScalarType.Float64 => context.AddInitializer(value.data<double>().ToArray(), value.shape, name),
        ScalarType.Int64 => context.AddInitializer(value.data<long>().ToArray(), value.shape, name),
        _ => context.AddInitializer(value.data<bool>().ToArray(), value.shape, name),
    };

    private static void Add(OnnxNode node, string name, object value)
    {
        switch (value)
        {
            case float number:
                node.AddAttribute(name, (double)number);
                break;
            case long number:
                node.AddAttribute(name, number);
                break;
            case string text:
                node.AddAttribute(name, text);
                break;
            default:
                node.AddAttribute(name, (IEnumerable<long>)(long[])value);
                break;
        }
    }
}
