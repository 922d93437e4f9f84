namespace Fuse.MLNet;

/// <summary>Runs an ONNX graph by TorchSharp, as ONNX defines its operators, to check it before it is written.</summary>
internal static partial class OnnxInterpreter
{
    /// <summary>Runs a graph; what comes back belongs to the current dispose scope.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Its inputs, by name.</param>
    /// <returns>Its outputs, by name.</returns>
    public static Dictionary<string, Tensor> Run(OnnxGraph graph, IReadOnlyDictionary<string, Tensor> inputs)
    {
        var values = new Dictionary<string, Tensor>(inputs, StringComparer.Ordinal);
        foreach (OnnxOperation operation in graph.Operations)
            values[operation.Output] = Compute(operation, name => name.Length == 0 ? null : values.TryGetValue(name, out Tensor? value) ? value : graph.Constants[name]);
        return graph.Outputs.ToDictionary(output => output.Name, output => values[output.Name], StringComparer.Ordinal);
    }

    /// <summary>Computes one operation.</summary>
    public static Tensor Compute(OnnxOperation operation, Func<string, Tensor?> find)
    {
        Tensor?[] inputs = [.. operation.Inputs.Select(find)];
        return Functions[operation.Operator](new Call(operation, inputs));
    }

    private static readonly Dictionary<string, Func<Call, Tensor>> Functions = new(StringComparer.Ordinal)
    {
        ["Identity"] = c => c[0],
        ["Relu"] = c => c[0].relu(),
        ["Sigmoid"] = c => c[0].sigmoid(),
        ["Tanh"] = c => c[0].tanh(),
        ["Exp"] = c => c[0].exp(),
        ["Log"] = c => c[0].log(),
        ["Sqrt"] = c => c[0].sqrt(),
        ["Abs"] = c => c[0].abs(),
        ["Neg"] = c => c[0].neg(),
        ["Reciprocal"] = c => c[0].reciprocal(),
        ["Sin"] = c => c[0].sin(),
        ["Cos"] = c => c[0].cos(),
        ["Erf"] = c => c[0].erf(),
        ["Floor"] = c => c[0].floor(),
        ["Ceil"] = c => c[0].ceil(),
        ["Round"] = c => c[0].round(),
        ["Sign"] = c => c[0].sign(),
        ["Selu"] = c => c[0].selu(),
        ["Softsign"] = c => c[0] / (c[0].abs() + 1),
        ["Softplus"] = c => nn.functional.softplus(c[0]),
        ["Not"] = c => c[0].logical_not(),
        ["IsInf"] = c => c[0].isinf(),
        ["IsNaN"] = c => c[0].isnan(),
        ["LeakyRelu"] = c => nn.functional.leaky_relu(c[0], c.Of.Number("alpha", 0.01)),
        ["Elu"] = c => where(c[0] > 0, c[0], (c[0].exp() - 1) * c.Of.Number("alpha", 1)),
        ["HardSigmoid"] = c => ((c[0] * c.Of.Number("alpha", 0.2)) + c.Of.Number("beta", 0.5)).clamp(0, 1),
        ["PRelu"] = c => where(c[0] >= 0, c[0], c[0] * c[1]),
        ["Add"] = c => c[0] + c[1],
        ["Sub"] = c => c[0] - c[1],
        ["Mul"] = c => c[0] * c[1],
        ["Div"] = c => c[0].is_floating_point() ? c[0] / c[1] : c[0].div(c[1], RoundingMode.trunc),
        ["Pow"] = c => c[0].pow(c[1]),
        ["Min"] = c => minimum(c[0], c[1]),
        ["Max"] = c => maximum(c[0], c[1]),
        ["Equal"] = c => c[0].eq(c[1]),
        ["Less"] = c => c[0].lt(c[1]),
        ["Greater"] = c => c[0].gt(c[1]),
        ["LessOrEqual"] = c => c[0].le(c[1]),
        ["GreaterOrEqual"] = c => c[0].ge(c[1]),
        ["And"] = c => c[0].logical_and(c[1]),
        ["Or"] = c => c[0].logical_or(c[1]),
        ["Xor"] = c => c[0].logical_xor(c[1]),
        ["Where"] = c => where(c[0], c[1], c[2]),
        ["Cast"] = c => c[0].to(TypeOf((OnnxType)c.Of.Long("to"))),
        ["ReduceMean"] = c => c[0].mean(c.Of.Longs("axes"), c.Keep),
        ["ReduceSum"] = c => c[0].sum(c.Of.Longs("axes"), c.Keep),
        ["ReduceProd"] = c => c.Fold((x, axis) => x.prod(axis, true)),
        ["ReduceMax"] = c => c[0].amax(c.Of.Longs("axes"), c.Keep),
        ["ReduceMin"] = c => c[0].amin(c.Of.Longs("axes"), c.Keep),
        ["ReduceL1"] = c => c[0].abs().sum(c.Of.Longs("axes"), c.Keep),
        ["ReduceL2"] = c => c[0].square().sum(c.Of.Longs("axes"), c.Keep).sqrt(),
        ["ReduceLogSumExp"] = c => c.Fold((x, axis) => x.logsumexp(axis, true)),
        ["ArgMax"] = c => c[0].argmax(c.Of.Long("axis"), c.Keep),
        ["ArgMin"] = c => c[0].argmin(c.Of.Long("axis"), c.Keep),
        ["CumSum"] = c => c[0].cumsum(Longs(c[1])[0]),
        ["Softmax"] = c => c.FromAxis(x => x.softmax(1)),
        ["LogSoftmax"] = c => c.FromAxis(x => nn.functional.log_softmax(x, 1)),
        ["MatMul"] = c => c[0].matmul(c[1]),
        ["Gemm"] = Gemm,
        ["Einsum"] = c => einsum(c.Of.Text("equation", ""), c.All),
        ["Conv"] = Convolution,
        ["ConvTranspose"] = Convolution,
        ["BatchNormalization"] = c => nn.functional.batch_norm(c[0], c[3], c[4], c[1], c[2], training: false, eps: c.Of.Number("epsilon", 1e-5)),
        ["InstanceNormalization"] = c => nn.functional.instance_norm(c[0], weight: c[1], bias: c[2], use_input_stats: true, eps: c.Of.Number("epsilon", 1e-5)),
        ["MaxPool"] = MaxPool,
        ["AveragePool"] = AveragePool,
        ["GlobalAveragePool"] = c => c[0].mean(c.Spatial, keepdim: true),
        ["GlobalMaxPool"] = c => c[0].amax(c.Spatial, keepdim: true),
        ["DepthToSpace"] = c => nn.functional.pixel_shuffle(c[0], c.Of.Long("blocksize")),
        ["Resize"] = Resize,
        ["Pad"] = Pad,
        ["Shape"] = c => tensor(c[0].shape),
        ["Reshape"] = c => c[0].reshape(Longs(c[1])),
        ["Expand"] = Expand,
        ["Tile"] = c => c[0].repeat(Longs(c[1])),
        ["Transpose"] = c => c[0].permute(c.Of.Longs("perm")),
        ["Concat"] = c => cat(c.All, c.Of.Long("axis")),
        ["Slice"] = Slice,
        ["Gather"] = Gather,
        ["GatherElements"] = c => c[0].gather(c.Of.Long("axis"), c[1]),
        ["Range"] = c => arange(Longs(c[0])[0], Longs(c[1])[0], Longs(c[2])[0], ScalarType.Int64),
    };

    internal static ScalarType TypeOf(OnnxType type) => type switch
    {
        OnnxType.Float => ScalarType.Float32,
        OnnxType.Double => ScalarType.Float64,
        OnnxType.Int32 => ScalarType.Int32,
        OnnxType.Int16 => ScalarType.Int16,
        OnnxType.Int8 => ScalarType.Int8,
        OnnxType.UInt8 => ScalarType.Byte,
        OnnxType.Bool => ScalarType.Bool,
        // libtorch has no wide unsigned types; the numbers are the same.
        OnnxType.Int64 or OnnxType.UInt16 or OnnxType.UInt32 or OnnxType.UInt64 => ScalarType.Int64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Is an operation with its inputs.</summary>
    private sealed class Call(OnnxOperation operation, Tensor?[] inputs)
    {
        public OnnxOperation Of => operation;

        public bool Keep => operation.Long("keepdims", 1) == 1;

        public Tensor[] All => [.. inputs.Select(input => input!)];

        public int Count => inputs.Length;

        public long[] Spatial => [.. Enumerable.Range(2, (int)inputs[0]!.dim() - 2).Select(i => (long)i)];

        public Tensor this[int index] => inputs[index]!;

        public Tensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

        // Works on the axes one by one.
        public Tensor Fold(Func<Tensor, long, Tensor> reduce)
        {
            long[] axes = operation.Longs("axes");
            Tensor value = axes.Aggregate(inputs[0]!, reduce);
            return Keep ? value : axes.OrderDescending().Aggregate(value, (x, axis) => x.squeeze(axis));
        }

        // Before operator set 13 all dimensions from the axis on are one.
        public Tensor FromAxis(Func<Tensor, Tensor> apply)
        {
            Tensor x = inputs[0]!;
            long last = x.shape.Skip((int)operation.Long("axis")).Aggregate(1L, (product, size) => product * size);
            return apply(x.reshape(-1, last)).reshape(x.shape);
        }
    }
}
