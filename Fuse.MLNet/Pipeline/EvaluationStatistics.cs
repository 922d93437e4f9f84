namespace Fuse.MLNet;

/// <summary>Holds how much each loss and metric of a model changed when the values of a column were permuted; made by <c>mlContext.Fuse().PermutationFeatureImportance</c>.</summary>
public sealed class EvaluationStatistics
{
    internal EvaluationStatistics(EvaluationResult baseline, IReadOnlyList<EvaluationResult> permuted) =>
        Values = [.. baseline.Values.Select(value => new MetricChange(value.Name, value.Value, [.. permuted.Select(result => LoggedValue.Find(result.Values, value.Name) ?? double.NaN)]))];

    /// <summary>Gets the changes, in the order of the losses and metrics.</summary>
    public ValueList<MetricChange> Values { get; }

    /// <summary>Gets the change of a name.</summary>
    /// <param name="name">The name, such as <c>test.losses.total_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message lists the names.</exception>
    public MetricChange this[string name] => Values.FirstOrDefault(value => value.Name == name)
        ?? throw LoggedValue.Missing(Values.Select(value => new LoggedValue(value.Name, value.Mean)), name);
}
