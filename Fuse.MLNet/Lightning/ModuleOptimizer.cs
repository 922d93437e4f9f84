namespace Fuse.MLNet;

/// <summary>Is one optimizer of a <see cref="LightningModule"/> in a run, for manual optimization.</summary>
public sealed class ModuleOptimizer
{
    private readonly ParameterOptimizer _optimizer;
    private readonly Action<ModuleOptimizer> _step;

    internal ModuleOptimizer(OptimizerConfiguration configuration, IReadOnlyList<KeyValuePair<string, Parameter>> parameters, Action<ModuleOptimizer> step)
    {
        Configuration = configuration;
        Parameters = [.. parameters.Select(parameter => parameter.Value)];
        _optimizer = configuration.Optimizer.Build(parameters);
        _step = step;
    }

    /// <summary>Gets the learning rate, as scheduled.</summary>
    public double LearningRate => _optimizer.LearningRate;

    /// <summary>Takes a step along the gradients, after clipping them as the options say.</summary>
    public void Step() => _step(this);

    /// <summary>Sets the gradients of this optimizer's parameters to zero.</summary>
    public void ZeroGrad() => _optimizer.ZeroGrad();

    internal OptimizerConfiguration Configuration { get; }

    internal IReadOnlyList<Parameter> Parameters { get; }

    internal ParameterOptimizer Inner => _optimizer;
}
