namespace Fuse.MLNet;

/// <content>Convolutions and normalizations.</content>
internal static partial class OnnxOperators
{
    private static void AddLayers(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["conv1d", "conv2d", "conv3d"], (e, s) => Convolution(e, s, "Conv"));
        all.Set(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], (e, s) => Convolution(e, s, "ConvTranspose"));
        all.Set(["convolution", "_convolution"], (e, s) => Convolution(e, s, s.Flag("transposed") ? "ConvTranspose" : "Conv"));
        all.Set(["batch_norm"], BatchNorm);
        all.Set(["instance_norm"], InstanceNorm);
        all.Set(["group_norm"], GroupNorm);
        all.Set(["layer_norm"], LayerNorm);
    }

    private static string Convolution(OnnxEmitter e, TracedStep s, string type)
    {
        TracedTensor weight = s.Tensor("weight");
        TracedTensor input = s.Tensor("input", "self");
        int spatial = weight.Rank - 2;
        if (input.Rank != weight.Rank)
            throw s.NotExported("runs on values without a batch dimension");
        long[] kernel = [.. Enumerable.Range(2, spatial).Select(i => s.FixedSize(weight, i))];
        long[] dilations = Repeated(s.Longs("dilation"), spatial);
        long[] padding = s.Find("padding") switch
        {
            "valid" => new long[2 * spatial],
            "same" => Same(kernel, dilations),
            _ => [.. Repeated(s.Longs("padding"), spatial), .. Repeated(s.Longs("padding"), spatial)],
        };
        string[] inputs = [e.NameOf(input, s.Place), e.In(s, "weight"), .. s.Has("bias") ? [e.In(s, "bias")] : Array.Empty<string>()];
        List<(string, object)> attributes =
        [
            ("kernel_shape", kernel), ("strides", Repeated(s.Longs("stride"), spatial)), ("pads", padding), ("dilations", dilations), ("group", s.Long("groups", 1)),
        ];
        if (type == "ConvTranspose")
            attributes.Add(("output_padding", Repeated(s.Longs("output_padding"), spatial)));
        return e.Graph.Add(type, inputs, [.. attributes]);
    }

    private static long[] Repeated(long[] values, int count) => values.Length == 1 ? [.. Enumerable.Repeat(values[0], count)] : values;

    // PyTorch puts the odd one behind.
    private static long[] Same(long[] kernel, long[] dilations)
    {
        long[] total = [.. kernel.Zip(dilations, (size, dilation) => dilation * (size - 1))];
        return [.. total.Select(size => size / 2), .. total.Select(size => size - (size / 2))];
    }

    private static string ChannelValues(OnnxEmitter e, TracedStep s, string name, long channels, double otherwise)
    {
        if (s.Has(name))
            return e.In(s, name);
        using Tensor values = full([channels], otherwise, s.Type());
        return e.Graph.Constant("constant", values);
    }

    private static string BatchNorm(OnnxEmitter e, TracedStep s)
    {
        if (s.Flag("training") || !s.Has("running_mean"))
            throw s.NotExported("normalizes by the statistics of the batch, as a layer without running statistics does");
        long channels = s.FixedSize(s.Tensor("input"), 1);
        return e.Graph.Add("BatchNormalization",
            [e.In(s, "input"), ChannelValues(e, s, "weight", channels, 1), ChannelValues(e, s, "bias", channels, 0), e.In(s, "running_mean"), e.In(s, "running_var")],
            ("epsilon", s.Number("eps")));
    }

    private static string InstanceNorm(OnnxEmitter e, TracedStep s)
    {
        long channels = s.FixedSize(s.Tensor("input"), 1);
        string[] values = [e.In(s, "input"), ChannelValues(e, s, "weight", channels, 1), ChannelValues(e, s, "bias", channels, 0)];
        return s.Flag("use_input_stats") ? e.Graph.Add("InstanceNormalization", values, ("epsilon", s.Number("eps")))
            : e.Graph.Add("BatchNormalization", [.. values, e.In(s, "running_mean"), e.In(s, "running_var")], ("epsilon", s.Number("eps")));
    }

    private static string GroupNorm(OnnxEmitter e, TracedStep s)
    {
        TracedTensor input = s.Tensor("input");
        long channels = s.FixedSize(input, 1);
        long groups = s.Long("num_groups");
        long rest = Enumerable.Range(1, input.Rank - 1).Aggregate(1L, (product, i) => product * s.FixedSize(input, i));
        using Tensor ones = torch.ones(groups, s.Type());
        using Tensor zeros = torch.zeros(groups, s.Type());
        string grouped = e.Graph.Reshape(e.In(s, "input"), [input.Shape[0], new(groups), new(rest / groups)]);
        string normal = e.Graph.Reshape(e.Graph.Add("InstanceNormalization", [grouped, e.Graph.Constant("constant", ones), e.Graph.Constant("constant", zeros)],
            ("epsilon", s.Number("eps"))), input.Shape);
        TracedSize[] perChannel = [new(channels), .. Enumerable.Repeat(new TracedSize(1), input.Rank - 2)];
        if (s.Has("weight"))
            normal = e.Add("Mul", normal, e.Graph.Reshape(e.In(s, "weight"), perChannel));
        return s.Has("bias") ? e.Add("Add", normal, e.Graph.Reshape(e.In(s, "bias"), perChannel)) : normal;
    }

    private static string LayerNorm(OnnxEmitter e, TracedStep s)
    {
        int count = s.Sizes("normalized_shape").Length;
        int rank = s.Tensor("input").Rank;
        long[] axes = [.. Enumerable.Range(rank - count, count).Select(i => (long)i)];
        string x = e.In(s, "input");
        string centred = e.Add("Sub", x, Reduce(e, "ReduceMean", x, axes, keep: true));
        string variance = Reduce(e, "ReduceMean", e.Add("Mul", centred, centred), axes, keep: true);
        string normal = e.Add("Div", centred, e.Add("Sqrt", e.Add("Add", variance, e.Graph.Scalar(s.Number("eps"), s.Type()))));
        if (s.Has("weight"))
            normal = e.Add("Mul", normal, e.In(s, "weight"));
        return s.Has("bias") ? e.Add("Add", normal, e.In(s, "bias")) : normal;
    }
}
