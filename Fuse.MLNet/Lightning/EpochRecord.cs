namespace Fuse.MLNet;

/// <summary>Holds what was logged in one epoch.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Values">The logged values, in the order in which they were first logged.</param>
public sealed record EpochRecord(int Epoch, ValueList<LoggedValue> Values)
{
    /// <summary>Gets the logged value of a name.</summary>
    /// <param name="name">The logged name.</param>
    /// <exception cref="KeyNotFoundException">Nothing of that name was logged; the message lists the names.</exception>
    public double this[string name] => LoggedValue.Find(Values, name) ?? throw LoggedValue.Missing(Values, name);

    /// <summary>Gets the values worth a line: all but a loss that is alone, whose value is the total's too.</summary>
    internal IEnumerable<LoggedValue> Shown() => Values.Where(value =>
        !value.Name.Contains(".losses.", StringComparison.Ordinal) || value.Name.EndsWith(BatchKeys.TotalLoss, StringComparison.Ordinal) ||
        Values.Count(other => other.Name.StartsWith(value.Name[..(value.Name.IndexOf('.', StringComparison.Ordinal) + 1)] + "losses.", StringComparison.Ordinal)) > 2);
}
