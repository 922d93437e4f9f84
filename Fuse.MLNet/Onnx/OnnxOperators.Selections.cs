namespace Fuse.MLNet;

/// <content>Parts of tensors.</content>
internal static partial class OnnxOperators
{
    private static void AddSelections(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["slice"], (e, s) => Slice(e, e.In(s, "self"), Axis(s), s.Long("start"), End(s), s.Long("step", 1)));
        all.Set(["narrow"], (e, s) => s.Long("start") is var start ? Slice(e, e.In(s, "self"), Axis(s), start, start + s.Long("length")) : "");
        all.Set(["select"], (e, s) => e.Graph.Add("Gather", [e.In(s, "self"), e.Graph.Scalar(s.Long("index"), ScalarType.Int64)], ("axis", Axis(s))));
        foreach (string name in new[] { "split", "split_with_sizes", "chunk", "unsafe_split", "unsafe_chunk", "tensor_split" })
            all.Add(name, Split);
        all.Add("unbind", (e, s) => [.. s.Results.Select((_, i) => e.Graph.Add("Gather", [e.In(s, "self"), e.Graph.Scalar(i, ScalarType.Int64)], ("axis", Axis(s))))]);
        all.Set(["index_select"], (e, s) => e.Graph.Add("Gather", [e.In(s, "self"), e.In(s, "index")], ("axis", Axis(s))));
        all.Set(["gather"], (e, s) => e.Graph.Add("GatherElements", [e.In(s, "self"), e.In(s, "index")], ("axis", Axis(s))));
        all.Set(["embedding"], (e, s) => e.Graph.Add("Gather", [e.In(s, "weight"), e.In(s, "indices")], ("axis", 0L)));
        all.Set(["index"], Index);
        all.Set(["roll"], Roll);
        all.Set(["glu"], (e, s) =>
        {
            long half = s.FixedSize(s.Result, (int)Axis(s, -1));
            string x = e.In(s, "self");
            return e.Add("Mul", Slice(e, x, Axis(s, -1), 0, half), e.Add("Sigmoid", Slice(e, x, Axis(s, -1), half, 2 * half)));
        });
    }

    private static long Axis(TracedStep s, long otherwise = 0) => Dimension(s.Long("dim", otherwise), s.Tensor("self").Rank);

    // An end that is the number of rows, as x[..] gives, is the end.
    private static long End(TracedStep s) => s.Find("end") switch
    {
        null => long.MaxValue,
        TracedSize end when end.IsPerRow && end == s.Tensor("self").Shape[(int)Axis(s)] => long.MaxValue,
        _ => s.Long("end"),
    };

    private static string Slice(OnnxEmitter e, string value, long axis, long start, long end, long step = 1) => Slice(e, value, [start], [end], [axis], [step]);

    private static string Slice(OnnxEmitter e, string value, long[] starts, long[] ends, long[] axes, long[] steps) =>
        e.Add("Slice", value, e.Graph.Longs(starts), e.Graph.Longs(ends), e.Graph.Longs(axes), e.Graph.Longs(steps));

    private static string[] Split(OnnxEmitter e, TracedStep s)
    {
        int axis = (int)Axis(s);
        var parts = new List<string>();
        long start = 0;
        foreach (TracedTensor part in s.Results)
        {
            long end = start + s.FixedSize(part, axis);
            parts.Add(Slice(e, e.In(s, "self"), axis, start, end));
            start = end;
        }
        return [.. parts];
    }

    private static string Index(OnnxEmitter e, TracedStep s)
    {
        object?[] indices = (object?[])s.Find("indices")!;
        int[] used = [.. Enumerable.Range(0, indices.Length).Where(i => indices[i] is not null)];
        return used.Length == 1 && indices[used[0]] is TracedTensor { Type: ScalarType.Int64 or ScalarType.Int32 } index
            ? e.Graph.Add("Gather", [e.In(s, "self"), e.NameOf(index, s.Place)], ("axis", (long)used[0]))
            : throw s.NotExported("picks by a mask or by several index tensors");
    }

    private static string Roll(OnnxEmitter e, TracedStep s)
    {
        TracedTensor self = s.Tensor("self");
        string value = e.In(s, "self");
        long[] dims = s.Longs("dims");
        if (dims.Length == 0)
            throw s.NotExported("rolls over all dimensions");
        foreach ((long shift, long dim) in s.Longs("shifts").Zip(dims, (shift, dim) => (shift, Dimension(dim, self.Rank))))
        {
            long size = s.FixedSize(self, (int)dim);
            long cut = (((-shift) % size) + size) % size;
            value = e.Graph.Add("Concat", [Slice(e, value, dim, cut, long.MaxValue), Slice(e, value, dim, 0, cut)], ("axis", dim));
        }
        return value;
    }
}
