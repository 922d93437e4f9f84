namespace Fuse.MLNet;

/// <summary>Is what one process logged in an epoch so far.</summary>
/// <param name="Means">The means.</param>
/// <param name="Rows">The rows of the metrics, Float64 <c>[N, K]</c>, by logged name.</param>
internal sealed record LoggedPart(IReadOnlyList<RunningMean> Means, IReadOnlyDictionary<string, Tensor> Rows);
