namespace Fuse.MLNet;

/// <content>Changes of shape and order.</content>
internal static partial class OnnxOperators
{
    private static void AddShapes(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "_unsafe_view", "view_as", "reshape_as"],
            (e, s) => e.Graph.Reshape(e.In(s, "self"), s.Result.Shape));
        all.Set(["permute"], (e, s) => e.Graph.Add("Transpose", [e.In(s, "self")], ("perm", s.Longs("dims").Select(dim => Dimension(dim, s.Result.Rank)).ToArray())));
        all.Set(["transpose", "swapaxes"], (e, s) => Swap(e, s, s.Long("dim0"), s.Long("dim1")));
        all.Set(["t", "numpy_T"], (e, s) => s.Result.Rank < 2 ? e.In(s, "self") : Swap(e, s, 0, 1));
        all.Set(["cat", "concat", "concatenate"], (e, s) => Joined(e, s, [.. s.Tensors("tensors").Where(part => part.Shape is not [{ Value: 0 }])
            .Select(part => e.Typed(e.NameOf(part, s.Place), part.Type, s.Type()))]));
        all.Set(["stack"], (e, s) => Joined(e, s, [.. s.Tensors("tensors").Select(part => e.Graph.Reshape(e.Typed(e.NameOf(part, s.Place), part.Type, s.Type()), WithOne(s)))]));
        all.Set(["expand", "expand_as", "broadcast_to"], (e, s) => Expanded(e, e.In(s, "self"), s.Tensor("self"), s.Result.Shape));
        all.Set(["repeat"], (e, s) => e.Add("Tile", Leading(e, s), e.Graph.Sizes(s.Sizes("repeats"))));
        all.Set(["flip"], (e, s) => s.Longs("dims") is var dims
            ? Slice(e, e.In(s, "self"), [.. dims.Select(_ => -1L)], [.. dims.Select(_ => long.MinValue + 1)], [.. dims.Select(dim => Dimension(dim, s.Result.Rank))], [.. dims.Select(_ => -1L)]) : "");
        all.Set(["copy"], (e, s) => Expanded(e, e.Operand(s, "src", s.Type()), s.Tensor("src"), s.Result.Shape));
    }

    private static string Swap(OnnxEmitter e, TracedStep s, long first, long second)
    {
        int rank = s.Result.Rank;
        if (rank == 0)
            return e.In(s, "self");
        long[] order = [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        (order[Dimension(first, rank)], order[Dimension(second, rank)]) = (order[Dimension(second, rank)], order[Dimension(first, rank)]);
        return e.Graph.Add("Transpose", [e.In(s, "self")], ("perm", order));
    }

    private static string Joined(OnnxEmitter e, TracedStep s, string[] parts) =>
        parts.Length == 1 ? parts[0] : e.Graph.Add("Concat", parts, ("axis", Dimension(s.Long("dim"), s.Result.Rank)));

    // The shape of one part of a stack, its new dimension included.
    private static TracedSize[] WithOne(TracedStep s)
    {
        TracedSize[] shape = [.. s.Result.Shape];
        shape[Dimension(s.Long("dim"), shape.Length)] = new(1);
        return shape;
    }

    private static string Expanded(OnnxEmitter e, string value, TracedTensor from, IReadOnlyList<TracedSize> to)
    {
        if (from.Shape.SequenceEqual(to))
            return value;
        int added = to.Count - from.Rank;
        // Where the value has the size already, 1 leaves it as it is.
        TracedSize[] shape = [.. to.Select((size, i) => i >= added && from.Shape[i - added] == size ? new TracedSize(1) : size)];
        return e.Add("Expand", value, e.Graph.Sizes(shape));
    }

    private static string Leading(OnnxEmitter e, TracedStep s)
    {
        TracedTensor self = s.Tensor("self");
        int added = s.Sizes("repeats").Length - self.Rank;
        return added == 0 ? e.In(s, "self") : e.Graph.Reshape(e.In(s, "self"), [.. Enumerable.Repeat(new TracedSize(1), added), .. self.Shape]);
    }
}
