namespace Fuse.MLNet;

/// <summary>Steps along the gradient at the worst point near the weights (Foret et al. 2021).</summary>
internal sealed class SamOptimizer : ParameterOptimizer
{
    private static readonly TorchScript Script = new("""
        def climb(ps: List[Tensor], gs: List[Tensor], adaptive: bool, numbers: Tensor):
            n: List[float] = numbers.tolist()
            directions = [ps[i].abs() * gs[i] for i in range(len(ps))] if adaptive else gs
            norms = [value.to(directions[0]) for value in torch._foreach_norm(directions)]
            factor = n[0] / (torch.linalg_vector_norm(torch.stack(norms)) + 1e-12)
            for i in range(len(ps)):
                step = directions[i] * factor.to(gs[i])
                if adaptive:
                    step = step * ps[i].abs()
                ps[i].add_(step)

        """);

    private readonly ParameterOptimizer _inner;
    private readonly Parameter[] _parameters;
    private readonly Tensor _numbers;
    private readonly bool _adaptive;

    /// <summary>Wraps an optimizer, and owns it.</summary>
    public SamOptimizer(ParameterOptimizer inner, double learningRate, Parameter[] parameters, double rho, bool adaptive)
        : base(learningRate)
    {
        _inner = inner;
        _parameters = parameters;
        _adaptive = adaptive;
        _numbers = TorchScript.Numbers(rho).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override bool NeedsClosure => true;

    /// <inheritdoc/>
    public override void ZeroGrad() => _inner.ZeroGrad();

    /// <inheritdoc/>
    public override void Step(Func<Tensor>? closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        using var scope = NewDisposeScope();
        Parameter[] moved = [.. _parameters.Where(HasGradient)];
        // Kept rather than moved back, which would round.
        Tensor[] weights = [.. moved.Select(parameter => parameter.detach().clone())];
        try
        {
            if (moved.Length > 0)
                Climb(moved);
            using (enable_grad())
                closure();
        }
        finally
        {
            using var noGrad = no_grad();
            for (int i = 0; i < moved.Length; i++)
                moved[i].copy_(weights[i]);
        }
        _inner.Step(null);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> SaveState() => _inner.SaveState();

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state) => _inner.LoadState(state);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _inner.Dispose();
        _numbers.Dispose();
    }

    private protected override void OnScale(double factor) => _inner.ScaleLearningRate(factor);

    private static bool HasGradient(Parameter parameter)
    {
        using Tensor? gradient = parameter.grad;
        return gradient is not null;
    }

    private void Climb(Parameter[] parameters)
    {
        using var noGrad = no_grad();
        Script.Run("climb", parameters.ToArray<Tensor>(), parameters.Select(parameter => parameter.grad!).ToArray(), _adaptive, _numbers);
    }
}
