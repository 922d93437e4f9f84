namespace Fuse.MLNet;

/// <summary>Holds one logged value of an epoch.</summary>
/// <param name="Name">The logged name, such as <c>train.losses.total_loss</c>.</param>
/// <param name="Value">The value; a loss is the mean over the epoch's rows.</param>
public sealed record LoggedValue(string Name, double Value)
{
    /// <summary>Gets the value of a name, or null when there is none.</summary>
    internal static double? Find(IEnumerable<LoggedValue> values, string name) => values.FirstOrDefault(value => value.Name == name)?.Value;

    /// <summary>Makes the error of a name that is not there; it lists the names.</summary>
    internal static KeyNotFoundException Missing(IEnumerable<LoggedValue> values, string name) =>
        new($"Nothing named '{name}' was logged. {ClosestName.Hint(name, values.Select(value => value.Name))}");
}
