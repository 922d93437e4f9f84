using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Holds every logged value of a training run, epoch by epoch. Two runs of one seed have equal histories, bit for bit.</summary>
/// <param name="Epochs">The completed epochs.</param>
[JsonConverter(typeof(HistoryJsonConverter))]
public sealed record History(ValueList<EpochRecord> Epochs)
{
    /// <summary>Gets the values of a name, one for each epoch; NaN for epochs in which it was not logged.</summary>
    /// <param name="name">The logged name, such as <c>validation.losses.total_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">Nothing of that name was ever logged; the message lists the names.</exception>
    public IReadOnlyList<double> this[string name]
    {
        get
        {
            double?[] values = [.. Epochs.Select(epoch => LoggedValue.Find(epoch.Values, name))];
            return values.Length == 0 || values.Any(value => value is not null) ? [.. values.Select(value => value ?? double.NaN)]
                : throw LoggedValue.Missing(Epochs.SelectMany(epoch => epoch.Values), name);
        }
    }

    /// <summary>Gets the values that a monitor watches.</summary>
    /// <exception cref="InvalidOperationException">Nothing of that name is logged; the message says who asks, and lists the names.</exception>
    internal IReadOnlyList<double> Monitored(MetricMonitor monitor, string who)
    {
        if (Epochs.Count > 0 && !Epochs[^1].Values.Any(value => value.Name == monitor.Name))
            throw MLNetErrors.Mark(new InvalidOperationException(
                $"{who} monitors '{monitor.Name}', which is not logged. {ClosestName.Hint(monitor.Name, Epochs[^1].Values.Select(value => value.Name))}"));
        return this[monitor.Name];
    }
}
