namespace Fuse.MLNet;

/// <summary>Holds the losses and metrics of a model on rows: <c>test.losses.*</c> and <c>test.metrics.*</c>.</summary>
/// <param name="Values">The values, in the order of the losses and metrics.</param>
/// <param name="RowCount">The number of rows.</param>
public sealed record EvaluationResult(ValueList<LoggedValue> Values, long RowCount)
{
    /// <summary>Gets the value of a name.</summary>
    /// <param name="name">The name, such as <c>test.metrics.accuracy</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message lists the names.</exception>
    public double this[string name] => LoggedValue.Find(Values, name) ?? throw LoggedValue.Missing(Values, name);
}
