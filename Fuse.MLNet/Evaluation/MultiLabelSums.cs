namespace Fuse.MLNet;

/// <summary>Holds what is summed over the rows of a multi-label evaluation.</summary>
/// <param name="Rows">The rows with a known label.</param>
/// <param name="Exact">The rows whose known labels were all predicted rightly.</param>
/// <param name="LogLoss">The binary cross-entropies of all labels.</param>
/// <param name="RankingPrecision">The rows' ranking average precisions.</param>
internal readonly record struct MultiLabelSums(long Rows, long Exact, double LogLoss, double RankingPrecision);
