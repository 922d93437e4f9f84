using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Hold one grey-scale picture of a digit and the digit it shows.
/// </summary>
/// <remarks>
/// The shape of the type is the schema ML.NET loads: a vector of 784 <see cref="float"/> named
/// <c>Pixels</c> and a plain <see cref="uint"/> named <c>Label</c>.
/// </remarks>
public sealed class Digit
{
    /// <summary>
    /// The number of pixels along each side of the square picture.
    /// </summary>
    public const int Side = 28;

    /// <summary>
    /// The number of pixels of the picture, <see cref="Side"/> x <see cref="Side"/>.
    /// </summary>
    public const int PixelCount = Side * Side;

    /// <summary>
    /// The number of different digits, 0 to 9.
    /// </summary>
    public const int ClassCount = 10;

    /// <summary>
    /// Get or set the pixels: 28 x 28, row by row from the top left, 0 for background and 1 for ink.
    /// </summary>
    [VectorType(PixelCount)]
    public float[] Pixels { get; set; } = [];

    /// <summary>
    /// Get or set the digit shown, 0 to 9: a plain number, not an ML.NET key (whose values start at 1).
    /// </summary>
    public uint Label { get; set; }
}
