namespace Fuse.MLNet;

/// <summary>Holds what L-BFGS remembers of its steps, and computes the next direction from it.</summary>
internal sealed class LbfgsMemory(int size) : IDisposable
{
    private static readonly TorchScript Script = new("""
        def direction(gradient: Tensor, scale: Tensor, ys: List[Tensor], ss: List[Tensor], rs: List[Tensor]) -> Tensor:
            q = gradient.neg()
            count = len(ys)
            alphas: List[Tensor] = []
            for j in range(count):
                i = count - 1 - j
                alpha = torch.dot(ss[i], q) * rs[i]
                alphas.append(alpha)
                q.add_(ys[i], alpha=-float(alpha))
            q = q * scale
            for i in range(count):
                beta = torch.dot(ys[i], q) * rs[i]
                q.add_(ss[i], alpha=float(alphas[count - 1 - i] - beta))
            return q

        """);

    private readonly List<Tensor> _gradientChanges = [];
    private readonly List<Tensor> _steps = [];
    private readonly List<Tensor> _curvatures = [];
    private Tensor? _scale;

    /// <summary>Adds a step and the change of the gradient along it, and forgets the oldest ones.</summary>
    public void Add(Tensor step, Tensor gradientChange)
    {
        Tensor product = gradientChange.dot(step);
        if (product.Number() <= 1e-10)
            return;
        if (_steps.Count == size)
            foreach (List<Tensor> list in (List<Tensor>[])[_gradientChanges, _steps, _curvatures])
            {
                list[0].Dispose();
                list.RemoveAt(0);
            }
        Keep(gradientChange, step, product.reciprocal(), product / gradientChange.dot(gradientChange));
    }

    /// <summary>Computes the direction of the next step: the gradient times minus the approximate inverse Hessian.</summary>
    public Tensor Direction(Tensor gradient) => _scale is null ? gradient.neg()
        : Script.Compute("direction", gradient, _scale, _gradientChanges.ToArray(), _steps.ToArray(), _curvatures.ToArray());

    /// <summary>Gets the memory as tensors: lists are stacked, with the oldest first.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Save() => _scale is null ? [] :
    [
        new("old_dirs", stack(_gradientChanges)), new("old_stps", stack(_steps)), new("ro", stack(_curvatures)), new("H_diag", _scale.clone()),
    ];

    /// <summary>Takes over saved tensors.</summary>
    public void Load(Tensor gradientChanges, Tensor steps, Tensor curvatures, Tensor scale)
    {
        Dispose();
        for (int i = 0; i < steps.shape[0]; i++)
            Keep(gradientChanges[i].clone(), steps[i].clone(), curvatures[i].clone(), scale.clone());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (List<Tensor> list in (List<Tensor>[])[_gradientChanges, _steps, _curvatures])
        {
            list.ForEach(item => item.Dispose());
            list.Clear();
        }
        _scale?.Dispose();
        _scale = null;
    }

    private void Keep(Tensor gradientChange, Tensor step, Tensor curvature, Tensor scale)
    {
        _gradientChanges.Add(gradientChange.DetachFromDisposeScope());
        _steps.Add(step.DetachFromDisposeScope());
        _curvatures.Add(curvature.DetachFromDisposeScope());
        _scale?.Dispose();
        _scale = scale.DetachFromDisposeScope();
    }
}
