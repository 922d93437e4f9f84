namespace Fuse.MLNet;

/// <summary>Describes L-BFGS.</summary>
internal sealed record LbfgsSpec(double LearningRate, int MaxIterations, int MaxEvaluations, double GradientTolerance, double ChangeTolerance, int HistorySize) : OptimizerSpec(LearningRate)
{
    private protected override ParameterOptimizer Build(IReadOnlyList<OptimizedGroup> groups)
    {
        if (Groups.Count > 0)
            throw MLNetErrors.Mark(new ArgumentException($"L-BFGS steps all parameters as one vector: it cannot have {nameof(Groups)}."));
        Parameter[] parameters = [.. groups.SelectMany(group => group.Values)];
        if (parameters.FirstOrDefault(parameter => parameter.dtype != parameters[0].dtype) is { } other)
            throw MLNetErrors.Mark(new ArgumentException($"L-BFGS steps all parameters as one vector: they must have one type, and are {parameters[0].dtype} and {other.dtype}."));
        return new LbfgsOptimizer(parameters, this);
    }
}
