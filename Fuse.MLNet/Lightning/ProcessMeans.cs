namespace Fuse.MLNet;

/// <summary>Holds the means of an unfinished epoch in one of several processes.</summary>
internal sealed record ProcessMeans(ValueList<RunningMean> Means);
