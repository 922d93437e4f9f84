using System.Globalization;
using Fuse.MLNet.Examples.Digits;

namespace Fuse.MLNet.Examples.ModelBuilder;

/// <summary>Writes digits as a CSV file: the digit, then its picture reduced to 7 x 7 pixels.</summary>
internal static class DigitFile
{
    /// <summary>The number of pixels along each side of a reduced picture.</summary>
    public const int Side = 7;

    /// <summary>The number of pixels of a reduced picture.</summary>
    public const int PixelCount = Side * Side;

    private const int Square = Digit.Side / Side;

    /// <summary>Writes a file with a header, a line a digit.</summary>
    public static void Write(string path, IEnumerable<Digit> digits) => File.WriteAllLines(path,
    [
        $"Label,{string.Join(',', Enumerable.Range(0, PixelCount).Select(Name))}",
        .. digits.Select(digit => $"{digit.Label},{string.Join(',', Reduce(digit).Select(ink => ink.ToString("0.####", CultureInfo.InvariantCulture)))}"),
    ]);

    /// <summary>Names a pixel by its row and column from the top left, such as <c>r0c6</c>.</summary>
    public static string Name(int pixel) => $"r{pixel / Side}c{pixel % Side}";

    // Each pixel is the mean ink of a square of 4 x 4.
    private static IEnumerable<float> Reduce(Digit digit) =>
        from row in Enumerable.Range(0, Side)
        from column in Enumerable.Range(0, Side)
        select (from y in Enumerable.Range(row * Square, Square)
                from x in Enumerable.Range(column * Square, Square)
                select digit.Pixels[(y * Digit.Side) + x]).Average();
}
