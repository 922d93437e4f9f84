namespace Fuse.MLNet;

/// <content>Pooling, resizing and padding.</content>
internal static partial class OnnxOperators
{
    private static void AddPooling(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["max_pool1d", "max_pool2d", "max_pool3d", "max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices"],
            (e, s) => Pool(e, s, "MaxPool", ("dilations", Repeated(s.Longs("dilation"), Spatial(s)))));
        all.Set(["avg_pool1d", "avg_pool2d", "avg_pool3d"], (e, s) => s.Has("divisor_override") ? throw s.NotExported("has a 'divisor_override'")
            : Pool(e, s, "AveragePool", ("count_include_pad", s.Flag("count_include_pad") ? 1L : 0L)));
        all.Set(["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"], (e, s) => AdaptivePool(e, s, "AveragePool"));
        all.Set(["adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"], (e, s) => AdaptivePool(e, s, "MaxPool"));
        all.Set(["pixel_shuffle"], (e, s) => e.Graph.Add("DepthToSpace", [e.In(s, "self")], ("blocksize", s.Long("upscale_factor")), ("mode", "CRD")));
        all.Set(["upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"], (e, s) =>
            Resize(e, s, ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")));
        all.Set(["upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d"], (e, s) => Resize(e, s, ("mode", "linear"), ("coordinate_transformation_mode", Corners(s))));
        all.Set(["constant_pad_nd"], (e, s) => Pad(e, s, "constant"));
        all.Set(["reflection_pad1d", "reflection_pad2d", "reflection_pad3d"], (e, s) => Pad(e, s, "reflect"));
        all.Set(["replication_pad1d", "replication_pad2d", "replication_pad3d"], (e, s) => Pad(e, s, "edge"));
    }

    private static int Spatial(TracedStep s) => s.Longs("kernel_size").Length is var count && count > 1 ? count : s.Result.Rank - 2;

    private static string Pool(OnnxEmitter e, TracedStep s, string type, (string, object) more)
    {
        TracedTensor input = s.Tensor("self", "input");
        int spatial = input.Rank - 2;
        if (spatial < 1 || Spatial(s) != spatial)
            throw s.NotExported("runs on values without a batch dimension");
        long[] kernel = Repeated(s.Longs("kernel_size"), spatial);
        long[] stride = s.Longs("stride") is { Length: > 0 } given ? Repeated(given, spatial) : kernel;
        long[] padding = Repeated(s.Longs("padding"), spatial);
        return e.Graph.Add(type, [e.NameOf(input, s.Place)], ("kernel_shape", kernel), ("strides", stride), ("pads", new[] { padding, padding }.SelectMany(pads => pads).ToArray()),
            ("ceil_mode", s.Flag("ceil_mode") ? 1L : 0L), more);
    }

    private static string AdaptivePool(OnnxEmitter e, TracedStep s, string type)
    {
        TracedTensor self = s.Tensor("self", "input");
        long[] output = s.Longs("output_size");
        if (self.Rank != output.Length + 2)
            throw s.NotExported("runs on values without a batch dimension");
        long[] input = [.. Enumerable.Range(2, output.Length).Select(i => s.FixedSize(self, i))];
        if (input.Zip(output).Any(sizes => sizes.First % sizes.Second != 0))
            throw s.NotExported($"pools [{string.Join(", ", input)}] to [{string.Join(", ", output)}]: ONNX has the pooling only where it divides the sizes evenly");
        if (output.All(size => size == 1))
            return e.Graph.Add(type == "MaxPool" ? "GlobalMaxPool" : "GlobalAveragePool", [e.NameOf(self, s.Place)]);
        long[] kernel = [.. input.Zip(output, (size, pooled) => size / pooled)];
        return e.Graph.Add(type, [e.NameOf(self, s.Place)], ("kernel_shape", kernel), ("strides", kernel));
    }

    private static string Corners(TracedStep s) => s.Flag("align_corners") ? "align_corners" : "pytorch_half_pixel";

    private static string Resize(OnnxEmitter e, TracedStep s, params ReadOnlySpan<(string, object)> attributes)
    {
        TracedTensor input = s.Tensor("input", "self");
        float[] scales = [1, 1, .. Enumerable.Range(2, input.Rank - 2).Select(i => (float)s.FixedSize(s.Result, i) / s.FixedSize(input, i))];
        using Tensor values = tensor(scales);
        using Tensor region = empty(0);
        return e.Graph.Add("Resize", [e.NameOf(input, s.Place), e.Graph.Constant("region", region), e.Graph.Constant("scales", values)], attributes);
    }

    // libtorch gives pairs from the last dimension on, ONNX all starts, then all ends.
    private static string Pad(OnnxEmitter e, TracedStep s, string mode)
    {
        TracedTensor self = s.Tensor("self");
        long[] given = s.Find("padding") is not null ? s.Longs("padding") : s.Longs("pad");
        long[] pads = new long[2 * self.Rank];
        for (int i = 0; i < given.Length / 2; i++)
        {
            pads[self.Rank - 1 - i] = given[2 * i];
            pads[(2 * self.Rank) - 1 - i] = given[(2 * i) + 1];
        }
        string[] inputs = [e.In(s, "self"), e.Graph.Longs(pads), .. mode == "constant" ? [e.Graph.Scalar(s.Number("value"), s.Type())] : Array.Empty<string>()];
        return e.Graph.Add("Pad", inputs, ("mode", mode));
    }
}
