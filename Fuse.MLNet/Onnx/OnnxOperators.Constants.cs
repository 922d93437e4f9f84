namespace Fuse.MLNet;

/// <content>Tensors made from numbers.</content>
internal static partial class OnnxOperators
{
    private static void AddConstants(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["zeros", "zeros_like", "new_zeros", "zero"], (e, s) => Full(e, s, 0));
        all.Set(["ones", "ones_like", "new_ones"], (e, s) => Full(e, s, 1));
        all.Set(["full", "full_like", "new_full"], (e, s) => Full(e, s, s.Number("fill_value")));
        all.Set(["fill"], (e, s) => s.Find("value") is TracedTensor value ? Expanded(e, Operand(e, s, "value"), value, s.Result.Shape) : Full(e, s, s.Number("value")));
        all.Set(["scalar_tensor"], (e, s) => e.Graph.Scalar(s.Number("s"), s.Type()));
        all.Set(["arange"], Range);
        all.Set(["eye"], (e, s) =>
        {
            using Tensor values = eye(s.FixedSize(s.Result, 0), s.FixedSize(s.Result, 1), s.Type());
            return e.Graph.Constant("eye", values);
        });
        all.Set(["tril"], (e, s) => Triangle(e, s, mask => mask.tril(s.Long("diagonal"))));
        all.Set(["triu"], (e, s) => Triangle(e, s, mask => mask.triu(s.Long("diagonal"))));
    }

    private static string Full(OnnxEmitter e, TracedStep s, double value) =>
        s.Result.Rank == 0 ? e.Graph.Scalar(value, s.Type()) : e.Add("Expand", e.Graph.Scalar(value, s.Type()), e.Graph.Sizes(s.Result.Shape));

    private static string Range(OnnxEmitter e, TracedStep s)
    {
        if (s.Find("end") is TracedSize { IsPerRow: true } end)
        {
            if (s.Number("start") != 0 || s.Number("step", 1) != 1)
                throw s.NotExported("counts the rows in steps");
            string count = e.Graph.Reshape(e.Graph.Sizes([end]), []);
            return e.Typed(e.Add("Range", e.Graph.Scalar(0, ScalarType.Int64), count, e.Graph.Scalar(1, ScalarType.Int64)), ScalarType.Int64, s.Type());
        }
        using var scope = NewDisposeScope();
        return e.Graph.Constant("range", arange(s.Number("start"), s.Number("end"), s.Number("step", 1), ScalarType.Float64).to(s.Type()));
    }

    private static string Triangle(OnnxEmitter e, TracedStep s, Func<Tensor, Tensor> cut)
    {
        using var scope = NewDisposeScope();
        TracedTensor self = s.Tensor("self");
        Tensor kept = cut(ones(s.FixedSize(self, self.Rank - 2), s.FixedSize(self, self.Rank - 1), ScalarType.Float32)).to(ScalarType.Bool);
        return e.Add("Where", e.Graph.Constant("triangle", kept), Self(e, s), e.Graph.Scalar(0, s.Type()));
    }
}
