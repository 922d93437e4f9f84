namespace Fuse.MLNet;

/// <summary>Names the range that a transform draws a number from, uniformly; written as a pair, <c>(-10, 10)</c>. Equal bounds draw always that number.</summary>
public readonly record struct RandomRange
{
    /// <summary>Names a range.</summary>
    /// <param name="low">The smallest number.</param>
    /// <param name="high">The largest number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or they are in the wrong order.</exception>
    public RandomRange(double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high)
            throw new ArgumentOutOfRangeException(nameof(high), high, $"A range goes from a finite number to one that is not below it; ({low}, {high}) does not.");
        Low = low;
        High = high;
    }

    /// <summary>Gets the smallest number.</summary>
    public double Low { get; }

    /// <summary>Gets the largest number.</summary>
    public double High { get; }

    /// <summary>Converts a pair to a range.</summary>
    /// <param name="range">The smallest and the largest number.</param>
    public static implicit operator RandomRange((double Low, double High) range) => new(range.Low, range.High);

    /// <summary>Returns the range when all of it is above 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    internal RandomRange Positive(string option) => Low > 0 ? this
        : throw new ArgumentOutOfRangeException(option, this, $"{option} must be a range of numbers above 0.");

    /// <summary>Tells whether only one number can be drawn.</summary>
    internal bool IsAlways(double value) => Low == value && High == value;
}
