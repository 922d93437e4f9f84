namespace Fuse.MLNet;

/// <summary>Takes optimizer steps: sums gradients up over batches, clips them, and sets the learning rates.</summary>
internal sealed class OptimizerStepper : IDisposable
{
    private readonly LightningModule _module;
    private readonly TrainerOptions _options;
    private readonly ModuleOptimizer[] _optimizers;
    private readonly ModuleOptimizer[] _inStepOrder;
    private readonly Parameter[] _parameters;
    private int _batches;
    private long _rows;
    private bool _hasStepped;

    public OptimizerStepper(LightningModule module, TrainerOptions options)
    {
        _module = module;
        _options = options;
        IReadOnlyList<OptimizerConfiguration> configurations = module.ConfigureOptimizers() ?? [options.Optimizer];
        _optimizers = [.. ParameterAssignment.Of(module, configurations).Select(pair => new ModuleOptimizer(pair.Configuration, pair.Parameters, StepByHand))];
        // One that computes gradients anew leaves others behind than those to step along.
        _inStepOrder = [.. _optimizers.OrderBy(optimizer => optimizer.Inner.NeedsClosure)];
        NeedsClosure = _inStepOrder[^1].Inner.NeedsClosure;
        HasSchedule = _optimizers.Any(optimizer => ScheduleOf(optimizer) is not null);
        _parameters = [.. _optimizers.SelectMany(optimizer => optimizer.Parameters)];
        if (_options.AccumulateBatches > 1 && (!module.AutomaticOptimization || NeedsClosure))
            throw MLNetErrors.Mark(new InvalidOperationException($"{nameof(TrainerOptions.AccumulateBatches)} = {_options.AccumulateBatches} does not go with " +
                (module.AutomaticOptimization ? $"{Description}, which computes each batch's gradient more than once." : "manual optimization, which decides itself when to step.")));
        module.Attach(_optimizers);
    }

    /// <summary>Gets or sets what happens before backward, with the loss.</summary>
    public Action<Tensor> BeforeBackward
    {
        get;
        init => _module.BeforeBackward = field = value;
    } = _ => { };

    /// <summary>Gets or sets what happens before each step, when the gradients are final.</summary>
    public Action BeforeStep { get; init; } = () => { };

    public IReadOnlyList<ModuleOptimizer> Optimizers => _optimizers;

    /// <summary>Gets the optimizers and their options, as text.</summary>
    public string Description => string.Join("; ", _optimizers.Select(optimizer => optimizer.Configuration.Optimizer));

    /// <summary>Gets whether batches were added since the last step.</summary>
    public bool IsWithinStep => _batches > 0;

    /// <summary>Gets whether a step computes a batch's loss more than once.</summary>
    public bool NeedsClosure { get; }

    /// <summary>Gets whether a learning rate changes over the run.</summary>
    public bool HasSchedule { get; }

    /// <summary>Sets the learning rates by the schedules.</summary>
    public void Schedule(ScheduleTime time)
    {
        foreach (ModuleOptimizer optimizer in _optimizers)
            if (ScheduleOf(optimizer) is { } schedule)
                optimizer.Inner.ScaleLearningRate(schedule.Factor(time with { BaseRate = optimizer.Configuration.Optimizer.LearningRate }));
    }

    /// <summary>Computes a batch's loss, adds its gradient, and takes a step when enough batches were added.</summary>
    /// <param name="trainingStep">Computes the loss, each time from the same random state.</param>
    /// <param name="rows">The rows that it is the mean of.</param>
    /// <param name="isLast">Whether the epoch ends with this batch.</param>
    /// <returns>Whether a step was taken.</returns>
    public bool Step(Func<Tensor?> trainingStep, int rows, bool isLast)
    {
        using TraceGate.Step step = TraceGate.EnterStep();
        if (!_module.AutomaticOptimization)
        {
            _hasStepped = false;
            trainingStep();
            return _hasStepped;
        }
        if (_batches == 0)
            ZeroGrad();
        BufferState? before = NeedsClosure ? BufferState.Capture(_module) : null;
        Tensor? loss = trainingStep();
        if (loss is not null)
        {
            BeforeBackward(loss);
            (_options.AccumulateBatches == 1 ? loss : loss * rows).backward();
            _rows += rows;
        }
        if (loss is not null || _batches > 0)
            _batches++;
        if (_batches == 0 || (_batches < _options.AccumulateBatches && !isLast))
            return false;
        // Sums over rows add up exactly where means do not, when batches have different numbers of rows.
        if (_options.AccumulateBatches > 1)
            GradientClip.Divide(_parameters, _rows);
        (_batches, _rows) = (0, 0);
        Clip(_parameters);
        BeforeStep();
        foreach (ModuleOptimizer optimizer in _inStepOrder)
            optimizer.Inner.Step(optimizer.Inner.NeedsClosure ? () => Again(trainingStep, before!) : null);
        return true;
    }

    /// <summary>Frees the optimizers' state and the gradients, which would take as much memory as the weights for as long as the model lives.</summary>
    public void Dispose()
    {
        _module.Attach(null);
        _module.BeforeBackward = null;
        foreach (ModuleOptimizer optimizer in _optimizers)
        {
            optimizer.Inner.Dispose();
            foreach (Parameter parameter in optimizer.Parameters)
                parameter.grad = null;
        }
    }

    private ScheduleSpec? ScheduleOf(ModuleOptimizer optimizer) => _options.Sweep ?? optimizer.Configuration.Schedule ?? _options.LearningRateScheduler;

    private void ZeroGrad()
    {
        foreach (ModuleOptimizer optimizer in _optimizers)
            optimizer.ZeroGrad();
    }

    /// <summary>Computes the gradients once more at the present weights; logs and running statistics keep what the first time left.</summary>
    private Tensor Again(Func<Tensor?> trainingStep, BufferState before)
    {
        BufferState after = BufferState.Capture(_module);
        before.Restore();
        _module.Logged.IsMuted = true;
        try
        {
            ZeroGrad();
            Tensor loss = trainingStep() ?? throw new InvalidOperationException("The training step gave no loss the second time.");
            if (!double.IsFinite(loss.Number()))
                throw new NonFiniteLossException($"The loss was {loss.Number()} where {Description} looked a second time");
            loss.backward();
            Clip(_parameters);
            return loss;
        }
        finally
        {
            _module.Logged.IsMuted = false;
            after.Restore();
        }
    }

    private void StepByHand(ModuleOptimizer optimizer)
    {
        if (_module.AutomaticOptimization)
            throw MLNetErrors.Mark(new InvalidOperationException($"{nameof(ModuleOptimizer)}.{nameof(ModuleOptimizer.Step)} is for manual optimization: set {nameof(LightningModule.AutomaticOptimization)} to false in the module's constructor."));
        if (optimizer.Inner.NeedsClosure)
            throw MLNetErrors.Mark(new InvalidOperationException($"{optimizer.Configuration.Optimizer} computes gradients itself, which manual optimization does not let it."));
        Clip(optimizer.Parameters);
        BeforeStep();
        optimizer.Inner.Step(null);
        _hasStepped = true;
    }

    private void Clip(IReadOnlyList<Parameter> parameters)
    {
        if (_options.GradientClipValue is { } value)
            GradientClip.Value(parameters, value);
        if (_options.GradientClipNorm is { } norm)
            GradientClip.Norm(parameters, norm)?.Dispose();
    }
}
