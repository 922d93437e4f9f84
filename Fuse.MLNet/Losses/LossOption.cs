using System.Runtime.CompilerServices;

namespace Fuse.MLNet;

/// <summary>Checks the options of losses where they are set.</summary>
internal static class LossOption
{
    public static double Finite(double value, [CallerMemberName] string option = "") =>
        Require(double.IsFinite(value), value, option, "a finite number");

    public static double Positive(double value, [CallerMemberName] string option = "") =>
        Require(double.IsFinite(value) && value > 0, value, option, "a finite number above 0");

    public static double NotNegative(double value, [CallerMemberName] string option = "") =>
        Require(double.IsFinite(value) && value >= 0, value, option, "a finite number, 0 or more");

    public static double AtLeastOne(double value, [CallerMemberName] string option = "") =>
        Require(double.IsFinite(value) && value >= 1, value, option, "a finite number, 1 or more");

    public static double Fraction(double value, [CallerMemberName] string option = "") =>
        Require(value is >= 0 and <= 1, value, option, "from 0 to 1");

    private static double Require(bool condition, double value, string option, string expected) => condition ? value
        : throw new ArgumentOutOfRangeException(option, value, $"The loss option {option} must be {expected}.");
}
