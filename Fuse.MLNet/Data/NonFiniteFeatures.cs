using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Says what happens to a training or validation row whose features hold NaN or an infinite value.</summary>
/// <remarks>Features are the real numbers of every column but those that losses and metrics compare with: a label that is NaN is a missing one, which losses leave out.</remarks>
public sealed record NonFiniteFeatures
{
    private readonly Policy _policy;

    private NonFiniteFeatures(Policy policy, double value = 0) => (_policy, Value) = (policy, value);

    private enum Policy
    {
        Error,
        SkipRow,
        Keep,
        Replace,
    }

    /// <summary>Gets the policy that ends <c>Fit</c> with an error that names the column, the row and the value.</summary>
    public static NonFiniteFeatures Error { get; } = new(Policy.Error);

    /// <summary>Gets the policy that leaves such rows out, and says in the log how many they were. Scoring, which may leave no row out, scores them as they are: NaN gives NaN.</summary>
    public static NonFiniteFeatures SkipRow { get; } = new(Policy.SkipRow);

    /// <summary>Gets the policy that gives the network such values as they are, for one that knows what to do with them.</summary>
    public static NonFiniteFeatures Keep { get; } = new(Policy.Keep);

    /// <summary>Puts a number in place of such values, in scoring too: it is saved with the model.</summary>
    /// <param name="value">The number, as the tensor holds it before <see cref="TensorColumn.Mean"/> is subtracted; finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static NonFiniteFeatures Replace(double value = 0) => float.IsFinite((float)value) ? new(Policy.Replace, value)
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A finite number is needed in place of one that is not.");

    /// <summary>Writes the policy's name, and the number.</summary>
    public override string ToString() => _policy == Policy.Replace ? string.Create(CultureInfo.InvariantCulture, $"{_policy}({Value})") : _policy.ToString();

    /// <summary>Gets whether rows are left out.</summary>
    internal bool Skips => _policy == Policy.SkipRow;

    /// <summary>Gets whether they are an error.</summary>
    internal bool Throws => _policy == Policy.Error;

    /// <summary>Gets what stands in for such values, or null when nothing does.</summary>
    internal double? Replacement => _policy == Policy.Replace ? Value : null;

    private double Value { get; }
}
