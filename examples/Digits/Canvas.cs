using System.Numerics;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Draw soft-edged strokes on a 28 x 28 picture.
/// </summary>
internal sealed class Canvas
{
    private const int Side = Digit.Side;

    /// <summary>
    /// Get the pixels, row by row from the top left, 0 for background and 1 for ink.
    /// </summary>
    public float[] Pixels { get; } = new float[Digit.PixelCount];

    /// <summary>
    /// Draw a line whose half-width goes evenly from one value to another.
    /// </summary>
    /// <param name="from">The start, in pixels.</param>
    /// <param name="to">The end, in pixels.</param>
    /// <param name="radiusFrom">Half the width at the start, in pixels.</param>
    /// <param name="radiusTo">Half the width at the end, in pixels.</param>
    /// <param name="ink">The value of fully covered pixels, 0 to 1.</param>
    public void Draw(Vector2 from, Vector2 to, float radiusFrom, float radiusTo, float ink) =>
        Cover(from, to, radiusFrom, radiusTo, (old, cover) => MathF.Max(old, cover * ink));

    /// <summary>
    /// Rub out a line: fully covered pixels keep only a part of their ink.
    /// </summary>
    /// <param name="from">The start, in pixels.</param>
    /// <param name="to">The end, in pixels.</param>
    /// <param name="radius">Half the width, in pixels.</param>
    /// <param name="kept">The part of the ink that stays, 0 to 1.</param>
    public void Erase(Vector2 from, Vector2 to, float radius, float kept) =>
        Cover(from, to, radius, radius, (old, cover) => old * (1f - (cover * (1f - kept))));

    /// <summary>
    /// Mix every pixel with its four neighbours.
    /// </summary>
    /// <param name="share">The share of each neighbour, 0 (no blur) to 0.2 (strongest).</param>
    public void Blur(float share)
    {
        var old = (float[])Pixels.Clone();
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var at = (y * Side) + x;
                var left = x > 0 ? old[at - 1] : 0f;
                var right = x < Side - 1 ? old[at + 1] : 0f;
                var above = y > 0 ? old[at - Side] : 0f;
                var below = y < Side - 1 ? old[at + Side] : 0f;
                Pixels[at] = (old[at] * (1f - (4f * share))) + ((left + right + above + below) * share);
            }
        }
    }

    /// <summary>
    /// Add normal noise to every pixel and clamp the result to 0..1.
    /// </summary>
    /// <param name="random">The source of the noise.</param>
    /// <param name="deviation">The standard deviation, in the unit of the pixels.</param>
    public void AddNoise(SeededRandom random, float deviation)
    {
        for (var at = 0; at < Pixels.Length; at++)
        {
            Pixels[at] = Math.Clamp(Pixels[at] + (random.Gaussian() * deviation), 0f, 1f);
        }
    }

    private void Cover(
        Vector2 from, Vector2 to, float radiusFrom, float radiusTo, Func<float, float, float> blend)
    {
        var reach = new Vector2(MathF.Max(radiusFrom, radiusTo) + 0.5f);
        var low = Vector2.Min(from, to) - reach;
        var high = Vector2.Max(from, to) + reach;
        var (left, right) = (Math.Max((int)low.X, 0), Math.Min((int)high.X, Side - 1));
        var (top, bottom) = (Math.Max((int)low.Y, 0), Math.Min((int)high.Y, Side - 1));
        var along = to - from;
        var squared = (along.X * along.X) + (along.Y * along.Y);

        for (var y = top; y <= bottom; y++)
        {
            for (var x = left; x <= right; x++)
            {
                var (dx, dy) = (x - from.X, y - from.Y);
                var dot = (dx * along.X) + (dy * along.Y);
                var part = squared > 0f ? Math.Clamp(dot / squared, 0f, 1f) : 0f;
                dx -= along.X * part;
                dy -= along.Y * part;

                // A pixel is one unit wide: the edge of the stroke fades over that unit.
                var radius = radiusFrom + ((radiusTo - radiusFrom) * part);
                var cover = Math.Clamp(radius + 0.5f - MathF.Sqrt((dx * dx) + (dy * dy)), 0f, 1f);
                var at = (y * Side) + x;
                Pixels[at] = blend(Pixels[at], cover);
            }
        }
    }
}
