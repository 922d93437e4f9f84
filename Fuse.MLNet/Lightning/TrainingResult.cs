namespace Fuse.MLNet;

/// <summary>Tells how a run went.</summary>
/// <param name="History">Every logged value.</param>
/// <param name="StopReason">Why it ended.</param>
/// <param name="BestEpoch">The epoch whose weights the model has, from 0; null when it has the last ones.</param>
internal sealed record TrainingResult(History History, StopReason StopReason, int? BestEpoch);
