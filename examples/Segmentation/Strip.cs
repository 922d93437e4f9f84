using SkiaSharp;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Writes a picture that shows inputs, truths and predictions side by side, a row of three for each.</summary>
internal static class Strip
{
    private const int Gap = 4;
    private const int SmallestShown = 192;

    private static readonly SKColor[] s_colors =
    [
        new(0, 0, 0), new(255, 200, 60), new(80, 200, 255), new(230, 90, 160), new(120, 220, 120), new(180, 140, 255), new(255, 130, 70), new(200, 200, 200),
    ];

    /// <summary>Writes the picture: grey input, truth and prediction in a colour for each class, wrong pixels of the prediction in red.</summary>
    public static void Write(string path, IReadOnlyList<StripRow> rows, int width, int height)
    {
        // Small images are shown in whole multiples of their size.
        int scale = Math.Max(1, SmallestShown / Math.Max(width, height));
        (int column, int line) = ((width * scale) + Gap, (height * scale) + Gap);
        using var bitmap = new SKBitmap(new SKImageInfo((3 * column) + Gap, (rows.Count * line) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.White);
        for (int index = 0; index < rows.Count; index++)
        {
            StripRow row = rows[index];
            Func<int, SKColor>[] panels =
            [
                at => new SKColor(row.Input[at], row.Input[at], row.Input[at]),
                at => ColorOf(row.Truth[at]),
                at => row.Truth[at] == row.Prediction[at] ? ColorOf(row.Truth[at]) : new SKColor(220, 30, 30),
            ];
            for (int panel = 0; panel < panels.Length; panel++)
                for (int y = 0; y < height * scale; y++)
                    for (int x = 0; x < width * scale; x++)
                        bitmap.SetPixel(Gap + (panel * column) + x, Gap + (index * line) + y, panels[panel](((y / scale) * width) + (x / scale)));
        }
        PngFile.Write(path, bitmap);
    }

    private static SKColor ColorOf(int label) => label < 0 ? new SKColor(90, 90, 90) : s_colors[label % s_colors.Length];
}
