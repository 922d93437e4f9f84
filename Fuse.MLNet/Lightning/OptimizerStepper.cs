namespace Fuse.MLNet;

/// <summary>Takes optimizer steps: sums gradients up over batches, clips them, and sets the learning rate.</summary>
internal sealed class OptimizerStepper : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly TrainerOptions _options;
    private int _batches;
    private long _rows;

    public OptimizerStepper(LightningModule module, TrainerOptions options)
    {
        KeyValuePair<string, Parameter>[] named = [.. module.named_parameters().Where(entry => entry.parameter.requires_grad).DistinctBy(entry => entry.parameter.Handle)
            .Select(entry => KeyValuePair.Create(entry.name, entry.parameter))];
        _parameters = [.. named.Select(entry => entry.Value)];
        if (_parameters.Length == 0)
            throw MLNetErrors.Mark(new InvalidOperationException(
                "The network has no parameter to train: none requires a gradient. Are its layers fields of the module, registered with RegisterComponents()?"));
        _options = options;
        OptimizerSpec spec = module.ConfigureOptimizers();
        Description = spec.ToString();
        Optimizer = spec.Build(named);
        if (Optimizer.NeedsClosure)
            throw MLNetErrors.Mark(new NotSupportedException($"{Description} needs a closure, which the trainer does not give yet."));
    }

    public ParameterOptimizer Optimizer { get; }

    /// <summary>Gets the optimizer and its options, as text.</summary>
    public string Description { get; }

    /// <summary>Gets whether batches were added since the last step.</summary>
    public bool IsWithinStep => _batches > 0;

    public double LearningRate => Optimizer.LearningRate;

    /// <summary>Sets the learning rate to a factor of the one that the options give.</summary>
    public void ScaleLearningRate(double factor) => Optimizer.ScaleLearningRate(factor);

    /// <summary>Adds a batch's gradient, and takes a step when enough batches were added.</summary>
    /// <param name="loss">The batch's mean loss.</param>
    /// <param name="rows">The rows that it is the mean of.</param>
    /// <param name="isLast">Whether the epoch ends with this batch.</param>
    /// <returns>Whether a step was taken.</returns>
    public bool Step(Tensor loss, int rows, bool isLast)
    {
        if (_batches == 0)
            Optimizer.ZeroGrad();
        if (_options.AccumulateBatches == 1)
        {
            loss.backward();
        }
        else
        {
            // Sums over rows add up exactly where means do not, when batches have different numbers of rows.
            (loss * rows).backward();
            _rows += rows;
            if (++_batches < _options.AccumulateBatches && !isLast)
                return false;
            foreach (Parameter parameter in _parameters)
                parameter.grad?.div_(_rows);
            (_batches, _rows) = (0, 0);
        }
        if (_options.GradientClipValue is { } value)
            nn.utils.clip_grad_value_(_parameters, value);
        if (_options.GradientClipNorm is { } norm)
            nn.utils.clip_grad_norm_(_parameters, norm);
        Optimizer.Step(null);
        return true;
    }

    /// <summary>Frees the optimizer's state and the gradients, which would take as much memory as the weights for as long as the model lives.</summary>
    public void Dispose()
    {
        Optimizer.Dispose();
        foreach (Parameter parameter in _parameters)
            parameter.grad = null;
    }
}
