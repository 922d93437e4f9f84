namespace Fuse.MLNet.Tests;

/// <summary>Holds what became of a run in one of its processes.</summary>
/// <param name="Result">The weights, logged values and reason of the end, or null when it failed.</param>
/// <param name="History">The logged values by name.</param>
/// <param name="Error">The error, or null.</param>
/// <param name="Calls">The hooks that were called, in order.</param>
/// <param name="Messages">What it wrote to the log.</param>
internal sealed record RankOutcome(RankResult? Result, History? History, Exception? Error, IReadOnlyList<string> Calls, string Messages);
