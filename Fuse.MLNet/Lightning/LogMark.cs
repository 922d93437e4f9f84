namespace Fuse.MLNet;

/// <summary>Says how far the log of an epoch had come.</summary>
/// <param name="Means">The means.</param>
/// <param name="Rows">The number of rows of each metric, by logged name.</param>
internal sealed record LogMark(RunningMean[] Means, IReadOnlyDictionary<string, long> Rows);
