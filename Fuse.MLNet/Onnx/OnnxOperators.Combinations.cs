namespace Fuse.MLNet;

/// <content>Functions of the elements of two tensors, or of a tensor and a number.</content>
internal static partial class OnnxOperators
{
    private static void AddCombinations(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        all.Set(["add"], (e, s) => e.Add("Add", Operand(e, s, "self"), Scaled(e, s)));
        all.Set(["sub", "subtract"], (e, s) => e.Add("Sub", Operand(e, s, "self"), Scaled(e, s)));
        all.Set(["rsub"], (e, s) => s.Number("alpha", 1) == 1 ? e.Add("Sub", Operand(e, s, "other"), Operand(e, s, "self")) : throw s.NotExported("has an 'alpha'"));
        all.Set(["mul", "multiply"], (e, s) => e.Add("Mul", Operand(e, s, "self"), Operand(e, s, "other")));
        all.Set(["div", "divide", "true_divide"], Quotient);
        all.Set(["pow"], (e, s) => s.Find("exponent") is TracedSize { Value: 2 } && Operand(e, s, "self") is var x ? e.Add("Mul", x, x) : e.Add("Pow", Operand(e, s, "self"), Operand(e, s, "exponent")));
        all.Set(["minimum"], (e, s) => e.Add("Min", Operand(e, s, "self"), Operand(e, s, "other")));
        all.Set(["maximum"], (e, s) => e.Add("Max", Operand(e, s, "self"), Operand(e, s, "other")));
        all.Set(["eq"], (e, s) => Compare(e, s, "Equal"));
        all.Set(["ne"], (e, s) => e.Add("Not", Compare(e, s, "Equal")));
        all.Set(["lt"], (e, s) => Compare(e, s, "Less"));
        all.Set(["gt"], (e, s) => Compare(e, s, "Greater"));
        all.Set(["le"], (e, s) => Compare(e, s, "LessOrEqual"));
        all.Set(["ge"], (e, s) => Compare(e, s, "GreaterOrEqual"));
        all.Set(["logical_and", "bitwise_and", "__and__"], (e, s) => Logic(e, s, "And"));
        all.Set(["logical_or", "bitwise_or", "__or__"], (e, s) => Logic(e, s, "Or"));
        all.Set(["logical_xor", "bitwise_xor", "__xor__"], (e, s) => Logic(e, s, "Xor"));
        all.Set(["where"], (e, s) => e.Add("Where", e.Operand(s, "condition", ScalarType.Bool), Operand(e, s, "self"), Operand(e, s, "other")));
        all.Set(["masked_fill"], (e, s) => e.Add("Where", e.Operand(s, "mask", ScalarType.Bool), Operand(e, s, "value"), Operand(e, s, "self")));
        all.Set(["addcmul"], (e, s) => e.Add("Add", Operand(e, s, "self"), e.Add("Mul", e.Graph.Scalar(s.Number("value", 1), s.Type()), e.Add("Mul", Operand(e, s, "tensor1"), Operand(e, s, "tensor2")))));
        all.Set(["lerp"], (e, s) => e.Add("Add", Operand(e, s, "self"), e.Add("Mul", Operand(e, s, "weight"), e.Add("Sub", Operand(e, s, "end"), Operand(e, s, "self")))));
    }

    private static string Operand(OnnxEmitter e, TracedStep s, string name) => e.Operand(s, name, s.Type());

    private static string Scaled(OnnxEmitter e, TracedStep s) =>
        s.Number("alpha", 1) is var alpha && alpha == 1 ? Operand(e, s, "other") : e.Add("Mul", Operand(e, s, "other"), e.Graph.Scalar(alpha, s.Type()));

    private static string Quotient(OnnxEmitter e, TracedStep s)
    {
        string quotient = e.Add("Div", Operand(e, s, "self"), Operand(e, s, "other"));
        return s.Find("rounding_mode") switch
        {
            null => quotient,
            "floor" when s.Type() is ScalarType.Float32 or ScalarType.Float64 => e.Add("Floor", quotient),
            "trunc" when s.Type() is ScalarType.Int64 or ScalarType.Int32 => quotient,
            _ => throw s.NotExported("rounds its quotient in a way that has no ONNX form here"),
        };
    }

    private static string Compare(OnnxEmitter e, TracedStep s, string type)
    {
        ScalarType self = s.Tensor("self").Type ?? ScalarType.Float32;
        ScalarType common = s.Find("other") switch
        {
            TracedTensor other => promote_types(self, other.Type ?? ScalarType.Float32),
            double when self is not (ScalarType.Float32 or ScalarType.Float64) => ScalarType.Float32,
            _ => self,
        };
        // Equality of Booleans is there in ONNX, order is not.
        if (common == ScalarType.Bool && type != "Equal")
            common = ScalarType.Int64;
        return e.Add(type, e.Operand(s, "self", common), e.Operand(s, "other", common));
    }

    private static string Logic(OnnxEmitter e, TracedStep s, string type) =>
        s.Type() == ScalarType.Bool ? e.Add(type, e.Operand(s, "self", ScalarType.Bool), e.Operand(s, "other", ScalarType.Bool)) : throw s.NotExported("works on the bits of whole numbers");
}
