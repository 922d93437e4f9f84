namespace Fuse.MLNet;

/// <content>Functions of each element.</content>
internal static partial class OnnxOperators
{
    private static void AddElementwise(Dictionary<string, Func<OnnxEmitter, TracedStep, string[]>> all)
    {
        foreach ((string name, string type) in new[]
        {
            ("relu", "Relu"), ("sigmoid", "Sigmoid"), ("tanh", "Tanh"), ("exp", "Exp"), ("log", "Log"), ("sqrt", "Sqrt"), ("abs", "Abs"), ("neg", "Neg"),
            ("reciprocal", "Reciprocal"), ("sin", "Sin"), ("cos", "Cos"), ("erf", "Erf"), ("floor", "Floor"), ("ceil", "Ceil"), ("round", "Round"), ("sign", "Sign"),
            ("selu", "Selu"), ("softsign", "Softsign"),
        })
            all.Set([name], (e, s) => e.Add(type, Self(e, s)));
        all.Set(["special_expit"], (e, s) => e.Add("Sigmoid", Self(e, s)));
        all.Set(["alias", "contiguous", "clone", "detach", "lift_fresh", "resolve_conj", "resolve_neg", "positive", "to", "_to_copy", "type_as"], Self);
        all.Set(["dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout"], (e, s) =>
            s.Flag("train") ? throw s.NotExported("drops values at random also when the network is scored") : e.In(s, "input"));
        all.Set(["rsqrt"], (e, s) => e.Add("Reciprocal", e.Add("Sqrt", Self(e, s))));
        all.Set(["square"], (e, s) => Self(e, s) is var x ? e.Add("Mul", x, x) : "");
        all.Set(["log1p"], (e, s) => e.Add("Log", e.Add("Add", Self(e, s), One(e, s))));
        all.Set(["expm1"], (e, s) => e.Add("Sub", e.Add("Exp", Self(e, s)), One(e, s)));
        all.Set(["log2"], (e, s) => e.Add("Mul", e.Add("Log", Self(e, s)), e.Graph.Scalar(1 / Math.Log(2), s.Type())));
        all.Set(["log10"], (e, s) => e.Add("Mul", e.Add("Log", Self(e, s)), e.Graph.Scalar(1 / Math.Log(10), s.Type())));
        all.Set(["logical_not", "bitwise_not"], (e, s) => e.Add("Not", s.Type() == ScalarType.Bool ? e.Operand(s, "self", ScalarType.Bool) : throw s.NotExported("works on the bits of whole numbers")));
        all.Set(["isnan"], (e, s) => e.Add("IsNaN", e.In(s, "self")));
        all.Set(["silu"], (e, s) => Self(e, s) is var x ? e.Add("Mul", x, e.Add("Sigmoid", x)) : "");
        all.Set(["mish"], (e, s) => Self(e, s) is var x ? e.Add("Mul", x, e.Add("Tanh", e.Add("Softplus", x))) : "");
        all.Set(["log_sigmoid"], (e, s) => e.Add("Neg", e.Add("Softplus", e.Add("Neg", Self(e, s)))));
        all.Set(["gelu"], (e, s) => s.Find("approximate") is "tanh" ? TanhGelu(e, s) : Gelu(e, s));
        all.Set(["hardsigmoid"], (e, s) => e.Graph.Add("HardSigmoid", [Self(e, s)], ("alpha", 1.0 / 6), ("beta", 0.5)));
        all.Set(["hardswish"], (e, s) => Self(e, s) is var x ? e.Add("Mul", x, e.Graph.Add("HardSigmoid", [x], ("alpha", 1.0 / 6), ("beta", 0.5))) : "");
        all.Set(["leaky_relu"], (e, s) => e.Graph.Add("LeakyRelu", [Self(e, s)], ("alpha", s.Number("negative_slope", 0.01))));
        all.Set(["celu"], (e, s) => s.Number("alpha", 1) is var alpha && Self(e, s) is var x ? Elu(e, s, x, alpha, 1 / alpha) : "");
        all.Set(["elu"], (e, s) => s.Number("scale", 1) == 1 ? Elu(e, s, Self(e, s), s.Number("alpha", 1), s.Number("input_scale", 1)) : throw s.NotExported("has a 'scale'"));
        all.Set(["prelu"], (e, s) => e.Add("PRelu", Self(e, s), PreluSlope(e, s)));
        all.Set(["softplus"], (e, s) => s.Number("beta", 1) is var beta && beta == 1 ? e.Add("Softplus", Self(e, s))
            : e.Add("Div", e.Add("Softplus", e.Add("Mul", Self(e, s), e.Graph.Scalar(beta, s.Type()))), e.Graph.Scalar(beta, s.Type())));
        all.Set(["threshold"], (e, s) => Self(e, s) is var x ? e.Add("Where", e.Add("Greater", x, e.Operand(s, "threshold", s.Type())), x, e.Operand(s, "value", s.Type())) : "");
        all.Set(["hardtanh"], (e, s) => Clip(e, s, Self(e, s), s.Find("min_val") ?? -1.0, s.Find("max_val") ?? 1.0));
        all.Set(["relu6"], (e, s) => Clip(e, s, Self(e, s), 0.0, 6.0));
        all.Set(["clamp", "clip"], (e, s) => Clip(e, s, Self(e, s), s.Find("min"), s.Find("max")));
        all.Set(["clamp_min"], (e, s) => Clip(e, s, Self(e, s), s.Find("min"), null));
        all.Set(["clamp_max"], (e, s) => Clip(e, s, Self(e, s), null, s.Find("max")));
    }

    // The operand in the type of the result.
    private static string Self(OnnxEmitter e, TracedStep s)
    {
        TracedTensor self = s.Tensor("self", "input");
        return e.Typed(e.NameOf(self, s.Place), self.Type, s.Type());
    }

    private static string One(OnnxEmitter e, TracedStep s) => e.Graph.Scalar(1, s.Type());

    private static string Gelu(OnnxEmitter e, TracedStep s)
    {
        string x = Self(e, s);
        string erf = e.Add("Erf", e.Add("Mul", x, e.Graph.Scalar(Math.Sqrt(0.5), s.Type())));
        return e.Add("Mul", e.Add("Mul", x, e.Graph.Scalar(0.5, s.Type())), e.Add("Add", erf, One(e, s)));
    }

    private static string TanhGelu(OnnxEmitter e, TracedStep s)
    {
        string x = Self(e, s);
        string cube = e.Add("Mul", e.Add("Mul", e.Add("Mul", x, x), x), e.Graph.Scalar(0.044715, s.Type()));
        string tanh = e.Add("Tanh", e.Add("Mul", e.Add("Add", x, cube), e.Graph.Scalar(Math.Sqrt(2 / Math.PI), s.Type())));
        return e.Add("Mul", e.Add("Mul", x, e.Graph.Scalar(0.5, s.Type())), e.Add("Add", tanh, One(e, s)));
    }

    // x where it is positive, else alpha (exp(scale x) - 1).
    private static string Elu(OnnxEmitter e, TracedStep s, string x, double alpha, double scale)
    {
        if (scale == 1)
            return e.Graph.Add("Elu", [x], ("alpha", alpha));
        string scaled = e.Graph.Add("Elu", [e.Add("Mul", x, e.Graph.Scalar(scale, s.Type()))], ("alpha", alpha));
        return e.Add("Where", e.Add("Greater", x, e.Graph.Scalar(0, s.Type())), x, scaled);
    }

    private static string PreluSlope(OnnxEmitter e, TracedStep s)
    {
        TracedTensor weight = s.Tensor("weight");
        int after = s.Tensor("self").Rank - 2;
        string slope = e.In(s, "weight");
        return weight.Rank == 1 && after > 0 ? e.Graph.Reshape(slope, [weight.Shape[0], .. Enumerable.Repeat(new TracedSize(1), after)]) : slope;
    }

    private static string Clip(OnnxEmitter e, TracedStep s, string x, object? low, object? high)
    {
        string Bound(object? bound) => bound switch
        {
            TracedTensor tensor => e.Typed(e.NameOf(tensor, s.Place), tensor.Type, s.Type()),
            TracedSize { IsPerRow: false, Value: var value } => e.Graph.Scalar(value, s.Type()),
            double value => e.Graph.Scalar(value, s.Type()),
            _ => throw s.NotExported("has a bound that is no number"),
        };
        if (low is not null)
            x = e.Add("Max", x, Bound(low));
        return high is not null ? e.Add("Min", x, Bound(high)) : x;
    }
}
