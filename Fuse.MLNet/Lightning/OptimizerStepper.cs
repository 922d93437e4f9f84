namespace Fuse.MLNet;

/// <summary>Takes optimizer steps: sums gradients up over batches and processes, clips them, and sets the learning rates.</summary>
internal sealed class OptimizerStepper : IDisposable
{
    private readonly LightningModule _module;
    private readonly TrainerOptions _options;
    private readonly GradientExchange _exchange;
    private readonly ModuleOptimizer[] _optimizers;
    private readonly ModuleOptimizer[] _inStepOrder;
    private readonly Parameter[] _parameters;
    private readonly bool _addsUp;
    private int _batches;
    private long _rows;
    private bool _hasStepped;

    public OptimizerStepper(LightningModule module, TrainerOptions options, GradientExchange exchange)
    {
        _module = module;
        _options = options;
        _exchange = exchange;
        IReadOnlyList<OptimizerConfiguration> configurations = module.ConfigureOptimizers() ?? [options.Optimizer];
        _optimizers = [.. ParameterAssignment.Of(module, configurations).Select(pair => new ModuleOptimizer(pair.Configuration, pair.Parameters, StepByHand))];
        // One that computes gradients anew leaves others behind than those to step along.
        _inStepOrder = [.. _optimizers.OrderBy(optimizer => optimizer.Inner.NeedsClosure)];
        NeedsClosure = _inStepOrder[^1].Inner.NeedsClosure;
        HasSchedule = _optimizers.Any(optimizer => ScheduleOf(optimizer) is not null);
        // The gradients that pass a batch normalization of all processes are of all their losses, which must weigh by their rows before.
        _addsUp = options.AccumulateBatches > 1 || exchange.BatchNorm is not null;
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

    /// <summary>Gets whether the last batch ended the epoch in every process.</summary>
    public bool WasLast { get; private set; }

    /// <summary>Gets whether no process had a batch in the last step.</summary>
    public bool WasIdle { get; private set; }

    /// <summary>Computes a batch's loss, adds its gradient, and takes a step when enough batches were added.</summary>
    /// <param name="trainingStep">Computes the loss, each time from the same random state; null when this process has no batch and only others do.</param>
    /// <param name="rows">The rows that it is the mean of.</param>
    /// <param name="isLast">Whether the epoch ends with this batch.</param>
    /// <returns>Whether a step was taken.</returns>
    public bool Step(Func<Tensor?>? trainingStep, int rows, bool isLast)
    {
        using TraceGate.Step step = TraceGate.EnterStep();
        if (!_module.AutomaticOptimization)
        {
            _hasStepped = false;
            trainingStep?.Invoke();
            Meet(isIdle: trainingStep is null, hasLoss: false, isLast);
            return _hasStepped;
        }
        if (_batches == 0)
            ZeroGrad();
        BufferState? before = NeedsClosure ? BufferState.Capture(_module) : null;
        Tensor? loss = trainingStep?.Invoke();
        if (loss is not null)
        {
            BeforeBackward(loss);
            (_addsUp ? loss * rows : loss).backward();
            _rows += rows;
        }
        if (Meet(trainingStep is null, loss is not null, isLast) || _batches > 0)
            _batches++;
        if (_batches == 0 || (_batches < _options.AccumulateBatches && !WasLast))
            return false;
        if (!_exchange.IsAlone)
            _exchange.Average(_parameters, _rows, _addsUp);
        // Sums over rows add up exactly where means do not, when batches have different numbers of rows.
        else if (_addsUp)
            GradientClip.Divide(_parameters, _rows);
        long stepRows = _rows;
        (_batches, _rows) = (0, 0);
        Clip(_parameters);
        BeforeStep();
        foreach (ModuleOptimizer optimizer in _inStepOrder)
            optimizer.Inner.Step(optimizer.Inner.NeedsClosure ? () => Again(trainingStep, stepRows, before!) : null);
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

    /// <summary>Meets the other processes at a batch's end, and takes the steps that they take meanwhile when this one has no batch.</summary>
    /// <returns>Whether the batch of any process has a loss.</returns>
    private bool Meet(bool isIdle, bool hasLoss, bool isLast)
    {
        RankRound round = _exchange.EndBatch(isIdle, hasLoss, isLast);
        for (; round.Operation == RankOperation.Step; round = _exchange.EndBatch(isIdle, hasLoss, isLast))
            StepTogether(_optimizers[round.Length - 1], rows: 0);
        (WasLast, WasIdle) = (round.IsLast, round.Operation == RankOperation.Idle);
        return round.HasLoss;
    }

    /// <summary>Computes the gradients once more at the present weights; logs and running statistics keep what the first time left.</summary>
    private Tensor Again(Func<Tensor?>? trainingStep, long rows, BufferState before)
    {
        BufferState after = BufferState.Capture(_module);
        before.Restore();
        _module.Logged.IsMuted = true;
        try
        {
            ZeroGrad();
            Tensor loss = trainingStep is null ? zeros(1) : trainingStep() ?? throw new InvalidOperationException("The training step gave no loss the second time.");
            double value = loss.Number();
            if (_exchange.IsAlone)
                CheckAgain(value);
            if (trainingStep is not null)
                (_addsUp ? loss * rows : loss).backward();
            if (!_exchange.IsAlone)
            {
                _exchange.EndBatch(trainingStep is null, hasLoss: trainingStep is not null, WasLast);
                _exchange.Average(_parameters, rows, _addsUp);
                loss = tensor(value = _exchange.Average(value, rows));
                CheckAgain(value);
            }
            Clip(_parameters);
            return loss;
        }
        finally
        {
            _module.Logged.IsMuted = false;
            after.Restore();
        }
    }

    private void CheckAgain(double loss)
    {
        if (!double.IsFinite(loss))
            throw new NonFiniteLossException($"The loss was {loss} where {Description} looked a second time");
    }

    private void StepByHand(ModuleOptimizer optimizer)
    {
        if (_module.AutomaticOptimization)
            throw MLNetErrors.Mark(new InvalidOperationException($"{nameof(ModuleOptimizer)}.{nameof(ModuleOptimizer.Step)} is for manual optimization: set {nameof(LightningModule.AutomaticOptimization)} to false in the module's constructor."));
        if (optimizer.Inner.NeedsClosure)
            throw MLNetErrors.Mark(new InvalidOperationException($"{optimizer.Configuration.Optimizer} computes gradients itself, which manual optimization does not let it."));
        if (!_exchange.IsAlone)
            _exchange.BeginStep(Array.IndexOf(_optimizers, optimizer));
        StepTogether(optimizer, _module.Logged.Rows);
    }

    private void StepTogether(ModuleOptimizer optimizer, int rows)
    {
        if (!_exchange.IsAlone)
            _exchange.Average(optimizer.Parameters, rows, isSum: false);
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
