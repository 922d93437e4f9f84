namespace Fuse.MLNet;

/// <summary>Is what the processes agreed on before they do something together.</summary>
/// <param name="Operation">What they do; <see cref="RankOperation.Idle"/> when none has anything to give.</param>
/// <param name="Length">The largest of their lengths.</param>
/// <param name="HasLoss">Whether the batch of any of them has a loss.</param>
/// <param name="IsLast">Whether none of them has more batches in this epoch.</param>
internal readonly record struct RankRound(RankOperation Operation, int Length, bool HasLoss, bool IsLast);
