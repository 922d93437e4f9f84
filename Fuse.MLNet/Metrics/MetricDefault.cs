namespace Fuse.MLNet;

/// <summary>Makes a metric of any function of all predictions and targets of a pass.</summary>
/// <remarks>
/// FuseMedML's <c>MetricDefault</c>. The function gets Float64 tensors on the host, of all rows: <c>[N]</c> where a row has one value, else
/// <c>[N, K]</c>, each row flattened; it runs without gradients, in a dispose scope of its own. Without any row it is not called, and the
/// metric is NaN. Rows without a target are not left out.
/// </remarks>
public sealed record MetricDefault : MetricBase
{
    /// <summary>Makes a metric of a function, such as <c>(p, t) => (p - t).abs().max().item&lt;double&gt;()</c>.</summary>
    /// <param name="callable">Computes the metric from predictions and targets: a number, or a <see cref="MetricResult"/> of named values.</param>
    /// <param name="pred">The batch key of the prediction, <c>[N, ...]</c>.</param>
    /// <param name="target">The batch key of the target, <c>[N, ...]</c>.</param>
    public MetricDefault(Func<Tensor, Tensor, MetricResult> callable, string pred, string target)
    {
        ArgumentNullException.ThrowIfNull(callable);
        ArgumentException.ThrowIfNullOrEmpty(pred);
        ArgumentException.ThrowIfNullOrEmpty(target);
        Callable = callable;
        Pred = MetricOption.Key(pred, nameof(pred));
        Target = MetricOption.Key(target, nameof(target));
    }

    /// <summary>Gets the function.</summary>
    public Func<Tensor, Tensor, MetricResult> Callable { get; }

    /// <summary>Gets the batch key of the prediction.</summary>
    public string Pred { get; }

    /// <summary>Gets the batch key of the target.</summary>
    public string Target { get; }

    /// <inheritdoc/>
    protected internal override Tensor Collect(BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (Tensor pred, Tensor target) = (batch[Pred], batch[Target]);
        if (pred.dim() == 0 || target.dim() == 0 || pred.shape[0] != target.shape[0])
            throw new ArgumentException($"it needs a prediction and a target of the same rows, [N, ...]; {ShapeText.Of(Pred, pred, Target, target)}");
        (pred, target) = (pred.unsqueeze(1).flatten(1), target.unsqueeze(1).flatten(1));
        // The first column tells how many of the others are the prediction's.
        using Scalar width = pred.shape[1];
        return MetricTable.Join(ones(pred.shape[0], ScalarType.Float32, pred.device).mul(width), pred, target);
    }

    /// <inheritdoc/>
    protected internal override MetricResult Evaluate(MetricRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0)
            return double.NaN;
        int width = (int)rows[0][0];
        using Tensor pred = ToTensor(rows.Columns(1, width));
        using Tensor target = ToTensor(rows.Columns(1 + width, rows.Width - 1 - width));
        return Callable(pred, target) ?? throw new InvalidOperationException("its function returned null; return a number or named values");
    }

    private static Tensor ToTensor(MetricRows rows)
    {
        var values = new double[(long)rows.Count * rows.Width];
        for (int row = 0; row < rows.Count; row++)
            rows[row].CopyTo(values.AsSpan(row * rows.Width));
        return tensor(values, rows.Width == 1 ? [rows.Count] : [rows.Count, rows.Width], ScalarType.Float64);
    }
}
