using System.Numerics;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Draw pictures of digits that look written by hand, without fonts, files or an image library.
/// </summary>
public static class DigitRenderer
{
    private const int ShuffleStream = 1 << 16;

    /// <summary>
    /// Draw digits in random order, as many of each class as the count allows.
    /// </summary>
    /// <param name="count">The number of pictures, 0 or more.</param>
    /// <param name="seed">The seed; the same count and seed give the same bits on every platform.</param>
    /// <returns>New pictures of 28 x 28 pixels from 0 to 1, with labels 0 to 9.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public static Digit[] Generate(int count, int seed) => Generate(count, seed, stream: 0);

    /// <summary>
    /// Draw digits that share nothing with those of another stream of the same seed.
    /// </summary>
    internal static Digit[] Generate(int count, int seed, int stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var digits = new Digit[count];

        // Each digit has a random sequence of its own, so the order of the threads does not matter.
        Parallel.For(0, count, index =>
        {
            var label = index % Digit.ClassCount;
            var pixels = Render(label, new SeededRandom(seed, stream, index));
            digits[index] = new Digit { Pixels = pixels, Label = (uint)label };
        });

        new SeededRandom(seed, stream + ShuffleStream, 0).Shuffle(digits);
        return digits;
    }

    private static float[] Render(int label, SeededRandom random)
    {
        var canvas = new Canvas();
        var variants = DigitShapes.All[label];
        var strokes = variants[random.Below(variants.Length)].Flatten(random, jitter: 0.022f);
        var distortion = new Distortion(random);
        foreach (var stroke in strokes)
        {
            for (var i = 0; i < stroke.Length; i++)
            {
                stroke[i] = distortion.Apply(stroke[i]);
            }
        }

        var ink = random.Range(0.65f, 1f);
        var radius = random.Range(0.65f, 1.4f);
        foreach (var stroke in strokes)
        {
            DrawStroke(canvas, stroke, radius, ink, random);
        }

        if (random.Chance(0.25f))
        {
            Rub(canvas, strokes[0], random);
        }

        Litter(canvas, random);
        canvas.Blur(random.Range(0f, 0.12f));
        canvas.AddNoise(random, random.Range(0.02f, 0.1f));
        return canvas.Pixels;
    }

    private static void DrawStroke(Canvas canvas, Vector2[] stroke, float radius, float ink, SeededRandom random)
    {
        // The pressure of the pen drifts from the start of the stroke to its end.
        var start = radius * random.Range(0.85f, 1.15f);
        var change = (radius * random.Range(0.85f, 1.15f)) - start;
        for (var i = 1; i < stroke.Length; i++)
        {
            var from = start + (change * (i - 1) / (stroke.Length - 1));
            var to = start + (change * i / (stroke.Length - 1));
            canvas.Draw(stroke[i - 1], stroke[i], from, to, ink);
        }
    }

    private static void Rub(Canvas canvas, Vector2[] stroke, SeededRandom random)
    {
        // A narrow rub across the stroke: a gap, but never a missing half.
        var centre = stroke[random.Below(stroke.Length)];
        var half = new Vector2(random.Range(-5f, 5f), random.Range(-5f, 5f));
        canvas.Erase(centre - half, centre + half, random.Range(0.4f, 1.1f), random.Range(0f, 0.4f));
    }

    private static void Litter(Canvas canvas, SeededRandom random)
    {
        for (var specks = random.Below(5); specks > 0; specks--)
        {
            var place = AnyPlace(random);
            var radius = random.Range(0.1f, 0.8f);
            canvas.Draw(place, place, radius, radius, random.Range(0.3f, 0.9f));
        }

        for (var scratches = random.Below(3); scratches > 0; scratches--)
        {
            var from = AnyPlace(random);
            var to = from + new Vector2(random.Range(-5f, 5f), random.Range(-5f, 5f));
            var radius = random.Range(0.2f, 0.7f);
            canvas.Draw(from, to, radius, radius, random.Range(0.25f, 0.75f));
        }
    }

    private static Vector2 AnyPlace(SeededRandom random) =>
        new(random.Range(0f, Digit.Side - 1), random.Range(0f, Digit.Side - 1));
}
