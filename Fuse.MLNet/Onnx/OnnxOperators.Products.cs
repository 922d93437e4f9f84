namespace Fuse.MLNet;

/// <content>Products of matrices, and attention.</content>
internal static partial class OnnxOperators
{
    private static void AddProducts(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["matmul", "linalg_matmul"], (e, s) => e.Add("MatMul", e.In(s, "self"), e.In(s, "other")));
        all.Set(["mm", "bmm"], (e, s) => e.Add("MatMul", e.In(s, "self"), e.In(s, "mat2")));
        all.Set(["mv"], (e, s) => e.Add("MatMul", e.In(s, "self"), e.In(s, "vec")));
        all.Set(["addmm"], (e, s) => e.Graph.Add("Gemm", [e.In(s, "mat1"), e.In(s, "mat2"), e.In(s, "self")], ("alpha", s.Number("alpha", 1)), ("beta", s.Number("beta", 1))));
        all.Set(["baddbmm"], (e, s) => e.Add("Add", e.Add("Mul", e.In(s, "self"), e.Graph.Scalar(s.Number("beta", 1), s.Type())),
            e.Add("Mul", e.Add("MatMul", e.In(s, "batch1"), e.In(s, "batch2")), e.Graph.Scalar(s.Number("alpha", 1), s.Type()))));
        all.Set(["linear"], Linear);
        all.Set(["einsum"], (e, s) => e.Graph.Add("Einsum", [.. s.Tensors("tensors").Select(tensor => e.NameOf(tensor, s.Place))], ("equation", (string)s.Find("equation")!)));
        all.Set(["scaled_dot_product_attention"], Attention);
    }

    private static string Linear(OnnxEmitter e, TracedStep s)
    {
        string x = e.In(s, "input");
        string weight = e.In(s, "weight");
        bool hasBias = s.Has("bias");
        if (s.Tensor("input").Rank == 2 && hasBias)
            return e.Graph.Add("Gemm", [x, weight, e.In(s, "bias")], ("transB", 1L));
        string product = e.Add("MatMul", x, e.Graph.Add("Transpose", [weight], ("perm", new long[] { 1, 0 })));
        return hasBias ? e.Add("Add", product, e.In(s, "bias")) : product;
    }

    private static string Attention(OnnxEmitter e, TracedStep s)
    {
        TracedTensor query = s.Tensor("query");
        TracedTensor key = s.Tensor("key");
        int rank = query.Rank;
        if (s.Number("dropout_p") != 0)
            throw s.NotExported("drops values at random also when the network is scored");
        if (s.Flag("enable_gqa"))
            throw s.NotExported("shares keys among groups of heads");
        double scale = s.Has("scale") ? s.Number("scale") : 1 / Math.Sqrt(s.FixedSize(query, rank - 1));
        long[] swap = [.. Enumerable.Range(0, rank - 2).Select(i => (long)i), rank - 1, rank - 2];
        string scores = e.Add("Mul", e.Add("MatMul", e.In(s, "query"), e.Graph.Add("Transpose", [e.In(s, "key")], ("perm", swap))), e.Graph.Scalar(scale, s.Type()));
        if (s.Flag("is_causal"))
        {
            using Tensor hidden = full([s.FixedSize(query, rank - 2), s.FixedSize(key, rank - 2)], double.NegativeInfinity, s.Type()).triu_(1);
            scores = e.Add("Add", scores, e.Graph.Constant("causal_mask", hidden));
        }
        if (s.Has("attn_mask"))
        {
            string mask = e.In(s, "attn_mask");
            scores = s.Tensor("attn_mask").Type == ScalarType.Bool
                ? e.Add("Where", mask, scores, e.Graph.Scalar(double.NegativeInfinity, s.Type()))
                : e.Add("Add", scores, mask);
        }
        return e.Add("MatMul", e.Graph.Add("Softmax", [scores], ("axis", rank - 1L)), e.In(s, "value"));
    }
}
