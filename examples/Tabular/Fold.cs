namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Holds what was measured on a fold.</summary>
/// <param name="Measures">The names of the measures; larger is better for all of them.</param>
/// <param name="Values">Their values.</param>
internal sealed record Fold(string[] Measures, double[] Values);
