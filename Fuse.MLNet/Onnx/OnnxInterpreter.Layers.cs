namespace Fuse.MLNet;

/// <content>Operators with attributes of their own.</content>
internal static partial class OnnxInterpreter
{
    private static Tensor Gemm(Call c)
    {
        Tensor product = c[0].matmul(c.Of.Long("transB") == 1 ? c[1].t() : c[1]);
        (double alpha, double beta) = (c.Of.Number("alpha", 1), c.Of.Number("beta", 1));
        Tensor scaled = alpha == 1 ? product : product * alpha;
        return scaled + (beta == 1 ? c[2] : c[2] * beta);
    }

    private static Tensor Convolution(Call c)
    {
        int spatial = (int)c[1].dim() - 2;
        bool transposed = c.Of.Operator == "ConvTranspose";
        (long[] before, long[] after) = Halves(c.Of.Longs("pads"), spatial);
        Tensor input = c[0];
        if (!before.SequenceEqual(after))
        {
            input = nn.functional.pad(input, [.. Enumerable.Range(0, spatial).Reverse().SelectMany(i => new[] { before[i], after[i] })]);
            before = new long[spatial];
        }
        (long[] strides, long[] dilations, long group) = (c.Of.Longs("strides"), c.Of.Longs("dilations"), c.Of.Long("group", 1));
        long[] more = c.Of.Longs("output_padding");
        return (transposed, spatial) switch
        {
            (false, 1) => nn.functional.conv1d(input, c[1], c.Optional(2), strides[0], before[0], dilations[0], group),
            (false, 2) => nn.functional.conv2d(input, c[1], c.Optional(2), strides, before, dilations, group),
            (false, _) => nn.functional.conv3d(input, c[1], c.Optional(2), strides, before, dilations, group),
            (true, 1) => nn.functional.conv_transpose1d(input, c[1], c.Optional(2), strides[0], before[0], more[0], dilations[0], group),
            (true, 2) => nn.functional.conv_transpose2d(input, c[1], c.Optional(2), strides, before, more, dilations, group),
            (true, _) => nn.functional.conv_transpose3d(input, c[1], c.Optional(2), strides, before, more, dilations, group),
        };
    }

    private static Tensor MaxPool(Call c)
    {
        (long[] kernel, long[] strides, long[] pads, bool ceil) = Window(c);
        long[] dilations = c.Of.Longs("dilations") is { Length: > 0 } given ? given : [.. kernel.Select(_ => 1L)];
        return kernel.Length switch
        {
            1 => nn.functional.max_pool1d(c[0], kernel[0], strides[0], pads[0], dilations[0], ceil),
            2 => nn.functional.max_pool2d(c[0], kernel, strides, pads, dilations, ceil),
            _ => nn.functional.max_pool3d(c[0], kernel, strides, pads, dilations, ceil),
        };
    }

    private static Tensor AveragePool(Call c)
    {
        (long[] kernel, long[] strides, long[] pads, bool ceil) = Window(c);
        bool include = c.Of.Long("count_include_pad") == 1;
        return kernel.Length switch
        {
            1 => nn.functional.avg_pool1d(c[0], kernel[0], strides[0], pads[0], ceil, include),
            2 => nn.functional.avg_pool2d(c[0], kernel, strides, pads, ceil, include),
            _ => nn.functional.avg_pool3d(c[0], kernel, strides, pads, ceil, include),
        };
    }

    private static (long[] Kernel, long[] Strides, long[] Pads, bool Ceil) Window(Call c)
    {
        long[] kernel = c.Of.Longs("kernel_shape");
        return (kernel, c.Of.Longs("strides"), Halves(c.Of.Longs("pads"), kernel.Length).Before, c.Of.Long("ceil_mode") == 1);
    }

    private static (long[] Before, long[] After) Halves(long[] pads, int count) =>
        pads.Length == 0 ? (new long[count], new long[count]) : (pads[..count], pads[count..]);

    private static Tensor Resize(Call c)
    {
        float[] scales = c[2].data<float>().ToArray();
        long[] size = [.. c.Spatial.Select(i => (long)Math.Floor((c[0].shape[i] * (double)scales[i]) + 1e-3))];
        bool corners = c.Of.Text("coordinate_transformation_mode", "") == "align_corners";
        InterpolationMode mode = c.Of.Text("mode", "nearest") == "nearest" ? InterpolationMode.Nearest
            : size.Length switch { 1 => InterpolationMode.Linear, 2 => InterpolationMode.Bilinear, _ => InterpolationMode.Trilinear };
        return nn.functional.interpolate(c[0], size, mode: mode, align_corners: mode == InterpolationMode.Nearest ? null : corners);
    }

    private static Tensor Pad(Call c)
    {
        int rank = (int)c[0].dim();
        (long[] before, long[] after) = Halves(Longs(c[1]), rank);
        int first = Enumerable.Range(0, rank).FirstOrDefault(i => before[i] != 0 || after[i] != 0, rank - 1);
        long[] pairs = [.. Enumerable.Range(first, rank - first).Reverse().SelectMany(i => new[] { before[i], after[i] })];
        string mode = c.Of.Text("mode", "constant");
        if (mode != "constant")
            return nn.functional.pad(c[0], pairs, mode == "reflect" ? PaddingModes.Reflect : PaddingModes.Replicate);
        return nn.functional.pad(c[0], pairs, PaddingModes.Constant, c[2].Number());
    }

    private static Tensor Expand(Call c)
    {
        long[] shape = Longs(c[1]);
        int added = shape.Length - (int)c[0].dim();
        return c[0].expand([.. shape.Select((size, i) => size == 1 && i >= added ? c[0].shape[i - added] : size)]);
    }

    private static Tensor Slice(Call c)
    {
        (long[] starts, long[] ends, long[] axes) = (Longs(c[1]), Longs(c[2]), Longs(c[3]));
        long[] steps = c.Count > 4 ? Longs(c[4]) : [.. starts.Select(_ => 1L)];
        Tensor value = c[0];
        for (int i = 0; i < axes.Length; i++)
            value = steps[i] < 0 ? value.flip(axes[i]) : value.slice(axes[i], starts[i], ends[i], steps[i]);
        return value;
    }

    private static Tensor Gather(Call c)
    {
        long axis = c.Of.Long("axis");
        Tensor indices = c[1].to(ScalarType.Int64);
        Tensor counted = where(indices < 0, indices + c[0].shape[axis], indices);
        long[] shape = c[0].shape;
        return c[0].index_select(axis, counted.reshape(-1)).reshape([.. shape[..(int)axis], .. indices.shape, .. shape[((int)axis + 1)..]]);
    }

    private static long[] Longs(Tensor values) => values.data<long>().ToArray();
}
