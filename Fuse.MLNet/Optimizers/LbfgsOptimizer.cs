namespace Fuse.MLNet;

/// <summary>Takes L-BFGS steps of fixed length, as PyTorch's optimizer does without a line search; unlike libtorch's, its state can be saved.</summary>
internal sealed class LbfgsOptimizer : ParameterOptimizer
{
    private static readonly TorchScript Script = new("""
        def gather(ps: List[Tensor], gs: List[Tensor]) -> Tensor:
            return torch.cat([g.reshape(-1) for g in gs])

        def move(ps: List[Tensor], direction: Tensor, numbers: Tensor):
            n: List[float] = numbers.tolist()
            offset = 0
            for p in ps:
                p.add_(direction.narrow(0, offset, p.numel()).view_as(p), alpha=n[0])
                offset += p.numel()

        def times(value: Tensor, numbers: Tensor) -> Tensor:
            n: List[float] = numbers.tolist()
            return value * n[0]

        """);

    private const string Counters = "n_iter_and_t";
    private readonly Parameter[] _parameters;
    private readonly LbfgsSpec _spec;
    private readonly LbfgsMemory _memory;
    private readonly long _size;
    private Tensor? _direction;
    private Tensor? _gradient;
    private double _length;
    private long _iterations;

    public LbfgsOptimizer(Parameter[] parameters, LbfgsSpec spec)
        : base(spec.LearningRate)
    {
        _parameters = parameters;
        _spec = spec;
        _memory = new LbfgsMemory(spec.HistorySize);
        _size = parameters.Sum(parameter => parameter.numel());
    }

    /// <inheritdoc/>
    public override bool NeedsClosure => true;

    /// <inheritdoc/>
    public override void ZeroGrad()
    {
        foreach (Parameter parameter in _parameters)
            parameter.grad = null;
    }

    /// <inheritdoc/>
    public override void Step(Func<Tensor>? closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        (double loss, Tensor gradient) = Evaluate(closure);
        for (int evaluations = 1, iteration = 1; !IsFlat(gradient); iteration++, evaluations++)
        {
            Tensor direction = NextDirection(gradient);
            _length = _iterations++ > 0 ? LearningRate : Math.Min(1, 1 / gradient.abs().sum().Number()) * LearningRate;
            (_direction, _gradient) = (Replace(_direction, direction), Replace(_gradient, gradient));
            if (gradient.dot(direction).Number() > -_spec.ChangeTolerance)
                return;
            Script.Run("move", _parameters.ToArray<Tensor>(), direction, TorchScript.Numbers(_length));
            if (iteration == _spec.MaxIterations)
                return;
            double before = loss;
            (loss, gradient) = Evaluate(closure);
            bool isDone = evaluations + 1 >= _spec.MaxEvaluations || Math.Abs(loss - before) < _spec.ChangeTolerance
                || Times(direction, _length).abs().max().Number() <= _spec.ChangeTolerance;
            if (isDone)
                return;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> SaveState() => _direction is null ? new Dictionary<string, Tensor>() :
        new Dictionary<string, Tensor>(_memory.Save(), StringComparer.Ordinal)
        {
            ["d"] = _direction.clone(),
            ["prev_flat_grad"] = _gradient!.clone(),
            [Counters] = TorchScript.Numbers(_iterations, _length),
        };

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long count = state.TryGetValue("old_stps", out Tensor? steps) && steps.dim() == 2 ? Math.Min(steps.shape[0], _spec.HistorySize) : 0;
        Check(state, Expected(state.Count > 0, count));
        Reset();
        if (state.Count == 0)
            return;
        Tensor On(string name) => state[name].to(_parameters[0].device);
        double[] numbers = state[Counters].cpu().data<double>().ToArray();
        (_iterations, _length) = ((long)numbers[0], numbers[1]);
        (_direction, _gradient) = (Replace(null, On("d").clone()), Replace(null, On("prev_flat_grad").clone()));
        if (count > 0)
            _memory.Load(On("old_dirs"), On("old_stps"), On("ro"), On("H_diag"));
    }

    /// <inheritdoc/>
    public override void Dispose() => Reset();

    // The next step reads LearningRate.
    private protected override void OnScale(double factor)
    {
    }

    private static Tensor Replace(Tensor? old, Tensor value)
    {
        if (!ReferenceEquals(old, value))
            old?.Dispose();
        return value.DetachFromDisposeScope();
    }

    private static Tensor Times(Tensor value, double factor) => Script.Compute("times", value, TorchScript.Numbers(factor));

    private Tensor NextDirection(Tensor gradient)
    {
        if (_direction is not null)
            _memory.Add(Times(_direction, _length), gradient - _gradient!);
        return _memory.Direction(gradient);
    }

    private bool IsFlat(Tensor gradient) => gradient.abs().max().Number() <= _spec.GradientTolerance;

    private (double Loss, Tensor Gradient) Evaluate(Func<Tensor> closure)
    {
        double loss;
        using (enable_grad())
        using (Tensor value = closure())
            loss = value.Number();
        Tensor[] gradients = [.. _parameters.Select(parameter => parameter.grad ?? zeros_like(parameter, requires_grad: false))];
        return (loss, Script.Compute("gather", _parameters.ToArray<Tensor>(), gradients));
    }

    private Dictionary<string, Tensor> Expected(bool any, long count)
    {
        var expected = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        Tensor Meta(ScalarType type, params long[] shape) => empty(shape, type, META);
        ScalarType type = _parameters[0].dtype;
        if (any)
            (expected["d"], expected["prev_flat_grad"], expected[Counters]) = (Meta(type, _size), Meta(type, _size), Meta(ScalarType.Float64, 2));
        if (count > 0)
            (expected["old_dirs"], expected["old_stps"], expected["ro"], expected["H_diag"]) = (Meta(type, count, _size), Meta(type, count, _size), Meta(type, count), Meta(type));
        return expected;
    }

    private void Reset()
    {
        _memory.Dispose();
        _direction?.Dispose();
        _gradient?.Dispose();
        (_direction, _gradient, _iterations, _length) = (null, null, 0, 0);
    }
}
