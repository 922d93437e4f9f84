namespace Fuse.MLNet;

/// <summary>Writes a graph as an ONNX file; field numbers are those of onnx.proto.</summary>
internal static class OnnxWriter
{
    // The one that came with operator set 12.
    private const int FormatVersion = 7;
    private const string BatchDimension = "N";

    /// <summary>Writes a graph.</summary>
    /// <exception cref="NotSupportedException">The weights are more than the 2 GB that such a file can hold.</exception>
    public static void Write(OnnxGraph graph, Stream stream)
    {
        ProtobufMessage model = new ProtobufMessage().Whole(1, FormatVersion).Text(2, SavableTransformer.AssemblyName).Text(3, LibraryVersion.Fuse)
            .Message(7, Graph(graph)).Message(8, new ProtobufMessage().Text(1, "").Whole(2, OnnxGraph.OperatorSet));
        if (model.Length > int.MaxValue)
            throw MLNetErrors.Mark(new NotSupportedException($"The network has {model.Length >> 20} MB of weights; an ONNX file holds 2 GB at most."));
        model.WriteTo(stream);
    }

    private static ProtobufMessage Graph(OnnxGraph graph) => new ProtobufMessage()
        .Each(graph.Operations.Index(), (message, operation) => message.Message(1, Node(operation.Item, operation.Index)))
        .Text(2, "network")
        .Each(graph.Constants, (message, constant) => message.Message(5, Constant(constant.Key, constant.Value)))
        .Each(graph.Inputs, (message, input) => message.Message(11, Value(input)))
        .Each(graph.Outputs, (message, output) => message.Message(12, Value(output)));

    private static ProtobufMessage Node(OnnxOperation operation, int index) => new ProtobufMessage()
        .Each(operation.Inputs, (message, input) => message.Text(1, input))
        .Text(2, operation.Output)
        .Text(3, $"{operation.Operator}_{index}")
        .Text(4, operation.Operator)
        .Each(operation.Attributes, (message, attribute) => message.Message(5, Attribute(attribute.Key, attribute.Value)));

    private static ProtobufMessage Attribute(string name, object value)
    {
        ProtobufMessage message = new ProtobufMessage().Text(1, name);
        return value switch
        {
            float number => message.Single(2, number).Whole(20, 1),
            long number => message.Whole(3, number).Whole(20, 2),
            string text => message.Text(4, text).Whole(20, 3),
            long[] numbers => message.Each(numbers, (list, number) => list.Whole(8, number)).Whole(20, 7),
            _ => throw new ArgumentException($"The attribute '{name}' is a {value.GetType().Name}.", nameof(value)),
        };
    }

    private static ProtobufMessage Constant(string name, Tensor values) => new ProtobufMessage()
        .Each(values.shape, (message, size) => message.Whole(1, size))
        .Whole(2, (long)OnnxBuilder.TypeOf(values.dtype))
        .Text(8, name)
        .Elements(9, values);

    private static ProtobufMessage Value(OnnxValue value)
    {
        ProtobufMessage shape = new ProtobufMessage().Message(1, new ProtobufMessage().Text(2, BatchDimension))
            .Each(value.RowShape, (message, size) => message.Message(1, new ProtobufMessage().Whole(1, size)));
        return new ProtobufMessage().Text(1, value.Name).Message(2, new ProtobufMessage().Message(1, new ProtobufMessage().Whole(1, (long)value.Type).Message(2, shape)));
    }
}
