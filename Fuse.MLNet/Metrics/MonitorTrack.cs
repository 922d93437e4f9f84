namespace Fuse.MLNet;

/// <summary>Holds where a monitored value stands.</summary>
/// <param name="Best">The best value so far, or null when there was none but NaN.</param>
/// <param name="BestEpoch">Its epoch, from 0.</param>
/// <param name="EpochsSinceBest">The number of epochs since then that were not better.</param>
public readonly record struct MonitorTrack(double? Best, int? BestEpoch, int EpochsSinceBest);
