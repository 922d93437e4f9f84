namespace Fuse.MLNet;

/// <summary>Is the base of the metrics that compare class probabilities with what came.</summary>
/// <remarks>
/// Prediction: probabilities <c>[N, C]</c>, or <c>[N]</c> that of class 1. Target <c>[N]</c> class indices; rows without one (-100 or NaN)
/// are left out.
/// </remarks>
public abstract record ProbabilityMetric : TargetMetric
{
    private static readonly Scalar Tolerance = 1e-3;

    private protected ProbabilityMetric(string pred, string target)
        : base(pred, target)
    {
    }

    /// <summary>Gets the function from the prediction to probabilities, such as softmax where it holds logits. Default: none.</summary>
    public Activation PredLink { get; init; }

    /// <inheritdoc/>
    protected internal sealed override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = (batch[Pred], batch[Target]);
        if (pred.dim() is not (1 or 2) || !MetricTable.IsColumn(target) || pred.shape[0] != target.shape[0])
            throw WrongShapes("probabilities [N, C], or [N] of class 1, and class indices [N]", batch);
        bool isColumn = MetricTable.IsColumn(pred);
        Tensor indices = MetricTable.Indices(target.reshape(target.shape[0]), Target, isColumn ? 2 : pred.shape[1]);
        Tensor probabilities = MetricTable.Wide(PredLink.Apply(pred));
        if (isColumn)
            probabilities = Both(probabilities.reshape(pred.shape[0]));
        Check(probabilities);
        return MetricTable.Join(indices, probabilities);
    }

    /// <summary>Gets the rows that have a target: its class, and the probabilities of all classes.</summary>
    private protected static IEnumerable<(int Target, double[] Probabilities)> Valid(MetricRows rows)
    {
        for (int row = 0; row < rows.Count; row++)
            if (rows[row][0] != TensorColumn.MissingTarget)
                yield return ((int)rows[row][0], rows[row][1..].ToArray());
    }

    private static Tensor Both(Tensor ofOne) => stack([ones_like(ofOne) - ofOne, ofOne], 1);

    // What is not a number passes, and makes the metric undefined.
    private void Check(Tensor probabilities)
    {
        Tensor excess = (probabilities.sum(1) - ones(1, probabilities.dtype, probabilities.device)).abs();
        if (excess.gt(Tolerance).any().IsTrue() || probabilities.lt(MetricTable.Zero).any().IsTrue())
            throw new ArgumentException($"'{Pred}' does not hold probabilities, 0 to 1 and with the sum 1; " +
                $"where it holds logits, set {nameof(PredLink)} to {nameof(Activation.Softmax)}, or {nameof(Activation.Sigmoid)} for one");
    }
}
