namespace Fuse.MLNet;

/// <summary>Holds the sum of a logged name over an epoch, and what it weighs.</summary>
internal sealed record RunningMean(string Name, double Sum, double Weight, LogKind Kind)
{
    /// <summary>Gets the mean; NaN when nothing weighed anything.</summary>
    public double Value => Weight > 0 ? Sum / Weight : double.NaN;

    /// <summary>Adds a value.</summary>
    public RunningMean Add(double value, double weight) => Kind switch
    {
        LogKind.Last => this with { Sum = value, Weight = 1 },
        LogKind.Maximum => this with { Sum = Weight == 0 ? value : Math.Max(Sum, value), Weight = 1 },
        _ => weight > 0 ? this with { Sum = Sum + (value * weight), Weight = Weight + weight } : this,
    };

    /// <summary>Adds what another process logged under the name; of last values its own counts.</summary>
    public RunningMean Merge(RunningMean other) => Kind switch
    {
        LogKind.Last => Weight > 0 ? this : other,
        LogKind.Maximum => Weight == 0 ? other : other.Weight == 0 ? this : this with { Sum = Math.Max(Sum, other.Sum) },
        _ => this with { Sum = Sum + other.Sum, Weight = Weight + other.Weight },
    };
}
