namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds one byte for each pixel, row by row from the top left.</summary>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
/// <param name="Pixels">The values, Width x Height of them.</param>
public sealed record GreyImage(int Width, int Height, byte[] Pixels);
