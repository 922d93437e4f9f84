namespace Fuse.MLNet;

/// <summary>Holds the mean of a logged name within an unfinished epoch.</summary>
internal sealed record RunningMean(string Name, double Sum, double Weight);
