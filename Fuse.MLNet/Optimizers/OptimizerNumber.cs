namespace Fuse.MLNet;

/// <summary>Checks the numbers of optimizers when they are described.</summary>
internal static class OptimizerNumber
{
    /// <summary>Returns a number that is finite and not negative, or throws.</summary>
    public static double NotNegative(double value, string name) => value >= 0 && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number that is not negative.");

    /// <summary>Returns a number from 0 to below 1, or throws.</summary>
    public static double Decay(double value, string name) => value is >= 0 and < 1 ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to below 1.");

    /// <summary>Returns a finite number above 0, or throws.</summary>
    public static double Positive(double value, string name) => value > 0 && double.IsFinite(value) ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be a finite number above 0.");
}
