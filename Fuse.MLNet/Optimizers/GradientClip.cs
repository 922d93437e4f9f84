namespace Fuse.MLNet;

/// <summary>Limits and scales gradients in a few calls, however many parameters there are; parameters without a gradient are left out.</summary>
internal static class GradientClip
{
    private static readonly TorchScript Script = new("""
        def norm(gs: List[Tensor], same: bool, host: bool, numbers: Tensor) -> Tensor:
            n: List[float] = numbers.tolist()
            norms = torch._foreach_norm(gs)
            if not same:
                norms = [value.to(norms[0]) for value in norms]
            total = torch.linalg_vector_norm(torch.stack(norms))
            factor = torch.clamp(n[0] / (total + 1e-6), max=1.0)
            if host and float(factor) == 1.0:
                return total
            if same:
                torch._foreach_mul_(gs, factor)
            else:
                for g in gs:
                    g.mul_(factor.to(g))
            return total

        def clamp(gs: List[Tensor], numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_clamp_min_(gs, -n[0])
            torch._foreach_clamp_max_(gs, n[0])

        def divide(gs: List[Tensor], numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_div_(gs, n[0])

        """);

    /// <summary>Scales all gradients so that their L2 norm, taken as one vector's, is at most a limit; <c>nn.utils.clip_grad_norm_</c>.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="limit">The limit.</param>
    /// <returns>The norm before, a scalar tensor on the gradients' device, in the caller's dispose scope; null when there is no gradient.</returns>
    public static Tensor? Norm(IReadOnlyList<Parameter> parameters, double limit)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor[] gradients = Gradients(parameters);
        if (gradients.Length == 0)
            return null;
        bool same = gradients.All(gradient => gradient.dtype == gradients[0].dtype && gradient.device_type == gradients[0].device_type && gradient.device_index == gradients[0].device_index);
        // Only where asking is free is a factor of 1 left out.
        bool host = same && gradients[0].device_type == DeviceType.CPU;
        return Script.Compute("norm", gradients, same, host, TorchScript.Numbers(limit)).MoveToOuterDisposeScope();
    }

    /// <summary>Clamps each element of the gradients to -limit .. limit; <c>nn.utils.clip_grad_value_</c>.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="limit">The limit.</param>
    public static void Value(IReadOnlyList<Parameter> parameters, double limit)
    {
        // On the CPU libtorch's loop over tensors is the quickest.
        if (parameters.All(parameter => parameter.device_type == DeviceType.CPU))
            nn.utils.clip_grad_value_(parameters, limit);
        else
            Run("clamp", parameters, limit);
    }

    /// <summary>Divides the gradients, such as sums by the number of what they are the sum of.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="divisor">The divisor.</param>
    public static void Divide(IReadOnlyList<Parameter> parameters, double divisor) => Run("divide", parameters, divisor);

    private static void Run(string function, IReadOnlyList<Parameter> parameters, double number)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (Gradients(parameters) is { Length: > 0 } gradients)
            Script.Run(function, gradients, TorchScript.Numbers(number));
    }

    private static Tensor[] Gradients(IReadOnlyList<Parameter> parameters) => [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
}
