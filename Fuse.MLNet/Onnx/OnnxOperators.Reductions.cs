namespace Fuse.MLNet;

/// <content>Sums, means, extremes and softmax along dimensions.</content>
internal static partial class OnnxOperators
{
    private static void AddReductions(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["mean"], (e, s) => Reduce(e, s, "ReduceMean"));
        all.Set(["sum"], (e, s) => Reduce(e, s, "ReduceSum"));
        all.Set(["prod"], (e, s) => Reduce(e, s, "ReduceProd"));
        all.Set(["amax"], (e, s) => Reduce(e, s, "ReduceMax"));
        all.Set(["amin"], (e, s) => Reduce(e, s, "ReduceMin"));
        all.Set(["logsumexp"], (e, s) => Reduce(e, s, "ReduceLogSumExp"));
        all.Add("max", (e, s) => Extreme(e, s, "Max"));
        all.Add("min", (e, s) => Extreme(e, s, "Min"));
        all.Set(["argmax"], (e, s) => Position(e, s, "ArgMax"));
        all.Set(["argmin"], (e, s) => Position(e, s, "ArgMin"));
        all.Set(["linalg_vector_norm", "norm"], (e, s) => s.Number("ord", s.Number("p", 2)) switch
        {
            2 => Reduce(e, s, "ReduceL2"),
            1 => Reduce(e, s, "ReduceL1"),
            _ => throw s.NotExported("is a norm of another order than 1 or 2"),
        });
        all.Set(["any"], (e, s) => Truth(e, s, "ReduceMax"));
        all.Set(["all"], (e, s) => Truth(e, s, "ReduceMin"));
        all.Set(["var"], Variance);
        all.Set(["std"], (e, s) => e.Add("Sqrt", Variance(e, s)));
        all.Set(["cumsum"], (e, s) => e.Add("CumSum", Self(e, s), e.Graph.Scalar(s.Long("dim"), ScalarType.Int64)));
        all.Set(["softmax", "_softmax", "special_softmax"], (e, s) => Along(e, s, "Softmax"));
        all.Set(["log_softmax", "_log_softmax", "special_log_softmax"], (e, s) => Along(e, s, "LogSoftmax"));
    }

    private static long[] Axes(TracedStep s)
    {
        int rank = s.Tensor("self").Rank;
        long[] axes = [.. s.Longs("dim").Select(dim => Dimension(dim, rank))];
        return axes.Length > 0 ? axes : [.. Enumerable.Range(0, rank).Select(i => (long)i)];
    }

    private static string Truth(OnnxEmitter e, TracedStep s, string type) =>
        e.Graph.Cast(Reduce(e, type, e.Graph.Cast(e.Operand(s, "self", ScalarType.Bool), ScalarType.Float32), Axes(s), s.Flag("keepdim")), ScalarType.Bool);

    private static string Reduce(OnnxEmitter e, TracedStep s, string type) => Reduce(e, type, Self(e, s), Axes(s), s.Flag("keepdim"));

    private static string Reduce(OnnxEmitter e, string type, string x, long[] axes, bool keep) =>
        axes.Length == 0 ? x : e.Graph.Add(type, [x], ("axes", axes), ("keepdims", keep ? 1L : 0L));

    private static string[] Extreme(OnnxEmitter e, TracedStep s, string type)
    {
        if (s.Has("other"))
            return [e.Add(type, Operand(e, s, "self"), Operand(e, s, "other"))];
        string value = Reduce(e, s, $"Reduce{type}");
        return s.Results.Count == 1 ? [value] : [value, Position(e, s, $"Arg{type}")];
    }

    private static string Position(OnnxEmitter e, TracedStep s, string type)
    {
        if (!s.Has("dim"))
            throw s.NotExported("looks over all dimensions");
        return e.Graph.Add(type, [e.In(s, "self")], ("axis", Axes(s)[0]), ("keepdims", s.Flag("keepdim") ? 1L : 0L));
    }

    private static string Variance(OnnxEmitter e, TracedStep s)
    {
        TracedTensor self = s.Tensor("self");
        long[] axes = Axes(s);
        double correction = s.Has("correction") ? s.Number("correction") : s.Find("unbiased") is false ? 0 : 1;
        double count = axes.Aggregate(1.0, (product, axis) => product * s.FixedSize(self, (int)axis));
        string x = Self(e, s);
        string centred = e.Add("Sub", x, Reduce(e, "ReduceMean", x, axes, keep: true));
        string mean = Reduce(e, "ReduceMean", e.Add("Mul", centred, centred), axes, s.Flag("keepdim"));
        return correction == 0 ? mean : e.Add("Mul", mean, e.Graph.Scalar(count / (count - correction), s.Type()));
    }

    // Before operator set 13 softmax runs over all dimensions from its axis on: that is one dimension for the last.
    private static string Along(OnnxEmitter e, TracedStep s, string type)
    {
        int rank = s.Result.Rank;
        int axis = (int)Dimension(s.Long("dim"), rank);
        string x = Self(e, s);
        if (axis == rank - 1)
            return e.Graph.Add(type, [x], ("axis", (long)axis));
        long[] swap = [.. Enumerable.Range(0, rank).Select(i => (long)(i == axis ? rank - 1 : i == rank - 1 ? axis : i))];
        return e.Graph.Add("Transpose", [e.Graph.Add(type, [e.Graph.Add("Transpose", [x], ("perm", swap))], ("axis", rank - 1L))], ("perm", swap));
    }
}
