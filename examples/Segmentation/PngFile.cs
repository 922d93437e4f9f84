using System.Runtime.InteropServices;
using SkiaSharp;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Reads and writes grey PNG files by SkiaSharp, which ML.NET's images bring along.</summary>
public static class PngFile
{
    /// <summary>Writes a picture of one byte a pixel.</summary>
    public static void WriteGrey(string path, GreyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        // A row of the bitmap may be longer than its pixels.
        for (int row = 0; row < image.Height; row++)
            Marshal.Copy(image.Pixels, row * image.Width, bitmap.GetPixels() + (row * bitmap.RowBytes), image.Width);
        Write(path, bitmap);
    }

    /// <summary>Reads the first sample of each pixel: the grey value, or red.</summary>
    /// <exception cref="InvalidDataException">The picture cannot be decoded.</exception>
    public static GreyImage ReadFirstChannel(string path)
    {
        using SKBitmap bitmap = SKBitmap.Decode(path) ?? throw new InvalidDataException($"{path}: expected a PNG picture, found one that cannot be decoded.");
        return new(bitmap.Width, bitmap.Height, [.. bitmap.Pixels.Select(color => color.Red)]);
    }

    /// <summary>Makes a picture of another size, each pixel the nearest old one, so that class indices stay class indices.</summary>
    public static GreyImage ResizeNearest(GreyImage image, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(image);
        var pixels = new byte[width * height];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                pixels[(y * width) + x] = image.Pixels[(Nearest(y, height, image.Height) * image.Width) + Nearest(x, width, image.Width)];
        return new(width, height, pixels);
    }

    /// <summary>Writes a picture whole or not at all.</summary>
    internal static void Write(string path, SKBitmap bitmap)
    {
        string temporary = $"{path}.tmp";
        using (FileStream file = File.Create(temporary))
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        File.Move(temporary, path, overwrite: true);
    }

    // The old pixel that the new pixel's centre is in.
    private static int Nearest(int index, int size, int oldSize) => (int)(((2L * index) + 1) * oldSize / (2L * size));
}
