using System.Runtime.CompilerServices;

namespace Fuse.MLNet;

/// <summary>Checks the options of metrics where they are set.</summary>
internal static class MetricOption
{
    public static string Key(string value, [CallerMemberName] string option = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(value, option);
        BatchDict.CheckKey(value);
        return value;
    }

    public static string? OptionalKey(string? value, [CallerMemberName] string option = "") => value is null ? null : Key(value, option);

    public static int AtLeast(int value, int least, [CallerMemberName] string option = "") => value >= least ? value
        : throw new ArgumentOutOfRangeException(option, value, $"The metric option {option} must be {least} or more.");

    /// <summary>Checks a share that may be 1 but not 0.</summary>
    public static double? Share(double? value, [CallerMemberName] string option = "") => value is null or (> 0 and <= 1) ? value
        : throw new ArgumentOutOfRangeException(option, value, $"The metric option {option} must be above 0 and at most 1.");

    public static double? Number(double? value, [CallerMemberName] string option = "") => value is not { } number || !double.IsNaN(number) ? value
        : throw new ArgumentOutOfRangeException(option, value, $"The metric option {option} must be a number.");

    /// <summary>Checks names that become parts of logged names, beside some that the metric makes itself.</summary>
    public static ValueList<string>? Names(ValueList<string>? value, int least, ReadOnlySpan<string> taken = default, [CallerMemberName] string option = "")
    {
        if (value is null)
            return null;
        if (value.Count < least)
            throw new ArgumentException($"The metric option {option} needs {least} or more names; it has {value.Count}.", option);
        if (value.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException($"The metric option {option} has an empty name: {value}.", option);
        foreach (string name in taken)
            if (value.Contains(name))
                throw new ArgumentException($"The metric option {option} has the name '{name}', which the metric gives to another value.", option);
        return value.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new ArgumentException($"The metric option {option} has the name '{twice.Key}' twice; names must differ.", option) : value;
    }
}
