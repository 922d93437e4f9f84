namespace Fuse.MLNet;

/// <summary>Holds the sizes of a stack of attention layers.</summary>
/// <param name="Dim">The size of a token.</param>
/// <param name="Depth">The number of layers, each attention and two linear maps.</param>
/// <param name="Heads">The number of heads.</param>
/// <param name="DimHead">The size of a head.</param>
/// <param name="Dropout">The probability of dropout.</param>
internal sealed record TokenLayersShape(long Dim, int Depth, long Heads, long DimHead, double Dropout);
