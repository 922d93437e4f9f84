namespace Fuse.MLNet;

/// <summary>Holds the sum of a logged name over an epoch, and what it weighs.</summary>
internal sealed record RunningMean(string Name, double Sum, double Weight)
{
    /// <summary>Gets the mean; NaN when nothing weighed anything.</summary>
    public LoggedValue Mean() => new(Name, Weight > 0 ? Sum / Weight : double.NaN);
}
