using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Steps Adam, or AdamW with a decay, by libtorch's fused kernel, without any of the library.</summary>
internal sealed class FusedAdam
{
    private const string Script = """
        def step(ps: List[Tensor], gs: List[Tensor], ms: List[Tensor], vs: List[Tensor], counts: List[Tensor], steps: List[Tensor], lr: float, decay: float, decoupled: bool):
            torch._foreach_add_(counts, 1.0)
            if decoupled:
                torch._fused_adamw_(ps, gs, ms, vs, [], steps, lr=lr, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-8, amsgrad=False, maximize=False)
            else:
                torch._fused_adam_(ps, gs, ms, vs, [], steps, lr=lr, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-8, amsgrad=False, maximize=False)

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script)!);
    private readonly Tensor[] _parameters;
    private readonly Tensor[] _counts;
    private readonly Tensor[] _means;
    private readonly Tensor[] _squares;
    private readonly Tensor[] _steps;
    private readonly double _rate;
    private readonly double? _decay;

    public FusedAdam(IEnumerable<Parameter> parameters, double rate, double? decay)
    {
        (_parameters, _rate, _decay) = ([.. parameters], rate, decay);
        _means = [.. _parameters.Select(parameter => zeros_like(parameter))];
        _squares = [.. _parameters.Select(parameter => zeros_like(parameter))];
        // One tensor counts for all.
        _counts = [zeros(_parameters.Length, device: _parameters[0].device)];
        _steps = _counts[0].unbind();
    }

    /// <summary>Takes a step and forgets the gradients.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor[] gradients = [.. _parameters.Select(parameter => parameter.grad!)];
        Compiled.Value.invoke("step", _parameters, gradients, _means, _squares, _counts, _steps, _rate, _decay ?? 0, _decay is not null);
        foreach (Tensor parameter in _parameters)
            parameter.grad = null;
    }
}
