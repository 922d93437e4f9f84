using Microsoft.ML.Data;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

/// <summary>Makes images, and resizes them in another way than the library: by Pillow's formula, one filter for each row and column of pixels.</summary>
internal static class Pictures
{
    /// <summary>Makes an opaque image of random colours.</summary>
    public static MLImage Noise(int width, int height, int seed, MLPixelFormat format = MLPixelFormat.Bgra32)
    {
        byte[] pixels = new byte[width * height * 4];
        new Random(seed).NextBytes(pixels);
        for (int i = 3; i < pixels.Length; i += 4)
            pixels[i] = 255;
        return MLImage.CreateFromPixels(width, height, format, pixels);
    }

    /// <summary>Makes an image of one colour.</summary>
    public static MLImage Plain(int width, int height, byte red, byte green, byte blue) =>
        MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, [.. Enumerable.Repeat((byte[])[red, green, blue, 255], width * height).SelectMany(pixel => pixel)]);

    /// <summary>Gets an image's values, channel by channel: red, green, blue.</summary>
    public static double[][,] Planes(MLImage image)
    {
        int first = image.PixelFormat == MLPixelFormat.Rgba32 ? 0 : 2;
        byte[] pixels = image.Pixels.ToArray();
        return [.. new[] { first, 1, 2 - first }.Select(channel =>
        {
            var plane = new double[image.Height, image.Width];
            for (int i = 0; i < plane.Length; i++)
                plane[i / image.Width, i % image.Width] = pixels[(i * 4) + channel];
            return plane;
        })];
    }

    /// <summary>Cuts a part out.</summary>
    public static double[,] Cut(double[,] plane, int left, int top, int width, int height)
    {
        var part = new double[height, width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                part[y, x] = plane[top + y, left + x];
        return part;
    }

    /// <summary>Resizes by a filter of a half width, which grows with what a new pixel stands for: first along rows, to bytes, then along columns.</summary>
    public static double[,] Resize(double[,] plane, int width, int height, double support, Func<double, double> filter)
    {
        double[][] columns = Weights(plane.GetLength(1), width, support, filter);
        double[][] rows = Weights(plane.GetLength(0), height, support, filter);
        var narrowed = new double[plane.GetLength(0), width];
        for (int i = 0; i < narrowed.GetLength(0); i++)
            for (int x = 0; x < width; x++)
            {
                for (int j = 0; j < columns[x].Length; j++)
                    narrowed[i, x] += columns[x][j] * plane[i, j];
                narrowed[i, x] = Math.Clamp(Math.Round(narrowed[i, x]), 0, 255);
            }
        var resized = new double[height, width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int i = 0; i < rows[y].Length; i++)
                    resized[y, x] += rows[y][i] * narrowed[i, x];
        return resized;
    }

    public static double Triangle(double x) => Math.Max(0, 1 - Math.Abs(x));

    /// <summary>Is Keys' cubic filter with the parameter -0.5, Pillow's.</summary>
    public static double Cubic(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? (((1.5 * x) - 2.5) * x * x) + 1 : x < 2 ? (((((-0.5 * x) + 2.5) * x) - 4) * x) + 2 : 0;
    }

    /// <summary>Writes a picture, such as a grey PNG or one with transparency.</summary>
    public static string Write(string path, int width, int height, SKColorType type, Func<int, int, SKColor> color, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, type, type == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, color(x, y));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        bitmap.Encode(file, format, 100);
        return path;
    }

    private static double[][] Weights(int size, int newSize, double support, Func<double, double> filter)
    {
        double scale = (double)size / newSize;
        double spread = Math.Max(1, scale);
        return [.. Enumerable.Range(0, newSize).Select(place =>
        {
            double center = (place + 0.5) * scale;
            double[] weights = [.. Enumerable.Range(0, size).Select(i => Math.Abs(i + 0.5 - center) < support * spread ? filter((i + 0.5 - center) / spread) : 0)];
            return weights.Select(weight => weight / weights.Sum()).ToArray();
        })];
    }
}
