namespace Fuse.MLNet;

/// <summary>Is the base of the metrics that compare one prediction with one target.</summary>
public abstract record TargetMetric : MetricBase
{
    private protected TargetMetric(string pred, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(pred);
        ArgumentException.ThrowIfNullOrEmpty(target);
        (Pred, Target) = (pred, target);
    }

    /// <summary>Gets the batch key of the prediction.</summary>
    public string Pred { get; init => field = MetricOption.Key(value); }

    /// <summary>Gets the batch key of the target.</summary>
    public string Target { get; init => field = MetricOption.Key(value); }

    /// <summary>Makes the error of shapes that do not fit.</summary>
    private protected ArgumentException WrongShapes(string expected, BatchDict batch) =>
        new($"it needs {expected}; {ShapeText.Of(Pred, batch[Pred], Target, batch[Target])}");
}
