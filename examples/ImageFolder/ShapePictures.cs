using System.Globalization;
using SkiaSharp;

namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Draws shapes as PNG files in a folder for each: turned, of any colour and size, on a restless background, and in pictures of different sizes.</summary>
internal static class ShapePictures
{
    private const int GreyEach = 5;

    /// <summary>Draws a number of pictures of each shape.</summary>
    /// <param name="folder">The folder that gets the folders.</param>
    /// <param name="shapes">The shapes.</param>
    /// <param name="count">The number of pictures of each shape.</param>
    /// <param name="seed">The seed of every random choice.</param>
    public static void Draw(string folder, Shape[] shapes, int count, int seed)
    {
        for (int shape = 0; shape < shapes.Length; shape++)
        {
            string path = Directory.CreateDirectory(Path.Combine(folder, shapes[shape].Name)).FullName;
            for (int i = 0; i < count; i++)
                Write(Path.Combine(path, $"{i.ToString("0000", CultureInfo.InvariantCulture)}.png"), shapes[shape], new SeededRandom(seed, stream: 300 + shape, index: i), isGrey: i % GreyEach == 0);
        }
    }

    private static void Write(string path, Shape shape, SeededRandom random, bool isGrey)
    {
        (int width, int height) = (48 + random.Below(60), 48 + random.Below(60));
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, isGrey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            bool isBright = random.Chance(0.5f);
            canvas.Clear(Color(random, isBright ? 150 : 0));
            DrawLines(canvas, random, width, height, isBright ? 130 : 30);
            using var paint = new SKPaint { Color = Color(random, isBright ? 0 : 150), IsAntialias = true };
            using SKPath figure = shape.Path();
            float radius = Math.Min(width, height) * random.Range(0.27f, 0.42f);
            canvas.Translate((width / 2f) + random.Range(-5, 5), (height / 2f) + random.Range(-5, 5));
            canvas.RotateDegrees(random.Range(0, 360));
            canvas.Scale(radius);
            canvas.DrawPath(figure, paint);
        }
        using FileStream file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    private static void DrawLines(SKCanvas canvas, SeededRandom random, int width, int height, int darkest)
    {
        for (int line = 0; line < 6; line++)
        {
            using var paint = new SKPaint { Color = Color(random, darkest), StrokeWidth = random.Range(1, 4), IsAntialias = true };
            canvas.DrawLine(random.Range(0, width), random.Range(0, height), random.Range(0, width), random.Range(0, height), paint);
        }
    }

    // Each channel is at least the darkest, and up to 100 brighter.
    private static SKColor Color(SeededRandom random, int darkest) => new((byte)(darkest + random.Below(100)), (byte)(darkest + random.Below(100)), (byte)(darkest + random.Below(100)));
}
