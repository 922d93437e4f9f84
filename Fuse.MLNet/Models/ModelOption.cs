using System.Runtime.CompilerServices;

namespace Fuse.MLNet;

/// <summary>Checks the options of models and heads where they are set.</summary>
internal static class ModelOption
{
    public static long Positive(long value, [CallerMemberName] string option = "") => Require(value > 0, value, option, "at least 1");

    public static long NotNegative(long value, [CallerMemberName] string option = "") => Require(value >= 0, value, option, "0 or more");

    public static double Dropout(double value, [CallerMemberName] string option = "") => Require(value is >= 0 and < 1, value, option, "at least 0 and below 1");

    public static ValueList<long> Sizes(ValueList<long> sizes, [CallerMemberName] string option = "")
    {
        ArgumentNullException.ThrowIfNull(sizes, option);
        return sizes.All(size => size > 0) ? sizes : throw new ArgumentException($"{option} = {sizes} has a size that is not positive.", option);
    }

    public static string Key(string key, [CallerMemberName] string option = "")
    {
        ArgumentNullException.ThrowIfNull(key, option);
        BatchDict.CheckKey(key);
        return key;
    }

    public static ValueList<string> Keys(ValueList<string> keys, [CallerMemberName] string option = "")
    {
        ArgumentNullException.ThrowIfNull(keys, option);
        foreach (string key in keys)
            Key(key, option);
        return keys;
    }

    /// <summary>Checks a name that becomes a part of batch keys and of parameters' names.</summary>
    public static string Name(string name, [CallerMemberName] string option = "")
    {
        ArgumentNullException.ThrowIfNull(name, option);
        return name.Length > 0 && !name.Contains('.', StringComparison.Ordinal) ? name
            : throw new ArgumentException($"{option} = '{name}' is empty or has a dot; it becomes one part of batch keys and parameter names.", option);
    }

    private static T Require<T>(bool condition, T value, string option, string expected) => condition ? value
        : throw new ArgumentOutOfRangeException(option, value, $"The option {option} must be {expected}.");
}
