using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fuse.MLNet;

/// <summary>Checks the options of backbones where they are set.</summary>
internal static class BackboneOption
{
    public static T Positive<T>(T value, [CallerMemberName] string option = "")
        where T : INumber<T> => AtLeast(value, T.One, option);

    public static T NotNegative<T>(T value, [CallerMemberName] string option = "")
        where T : INumber<T> => AtLeast(value, T.Zero, option);

    public static T AtLeast<T>(T value, T least, [CallerMemberName] string option = "")
        where T : INumber<T> => value >= least ? value : throw Refuse(value, $"{option} must be {least} or more.");

    public static int Between(int value, int least, int most, [CallerMemberName] string option = "") =>
        value >= least && value <= most ? value : throw Refuse(value, $"{option} must be from {least} to {most}.");

    public static long Even(long value, [CallerMemberName] string option = "") =>
        value > 0 && value % 2 == 0 ? value : throw Refuse(value, $"{option} must be positive and even.");

    /// <summary>Checks a dropout probability: 0 or more and below 1.</summary>
    public static double Probability(double value, [CallerMemberName] string option = "") =>
        value is >= 0 and < 1 ? value : throw Refuse(value, $"{option} must be 0 or more and below 1.");

    /// <summary>Checks sizes: each positive, and as many as wanted.</summary>
    public static ValueList<long> Sizes(ValueList<long> value, int least, int most, [CallerMemberName] string option = "") =>
        value is not null && value.Count >= least && value.Count <= most && value.All(size => size > 0) ? value
            : throw Refuse(value, $"{option} takes {(least == most ? $"{least}" : most == int.MaxValue ? $"{least} or more" : $"{least} to {most}")} positive sizes.");

    /// <summary>Checks a name of a fixed list.</summary>
    public static string Name(string value, IEnumerable<string> names, [CallerMemberName] string option = "") =>
        names.Contains(value, StringComparer.Ordinal) ? value
            : throw Refuse(value, $"{option} does not take '{value}'. {ClosestName.Hint(value ?? "", names)}");

    /// <summary>Checks an enumeration's value.</summary>
    public static T Defined<T>(T value, [CallerMemberName] string option = "")
        where T : struct, Enum => Enum.IsDefined(value) ? value
            : throw Refuse(value, $"{option} takes {string.Join(", ", Enum.GetNames<T>())}.");

    private static ArgumentOutOfRangeException Refuse(object? value, string message) => new(nameof(value), value, message);
}
