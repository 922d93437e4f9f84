using System.Numerics;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Map the unit square onto the picture through a random slant, turn, size, place and elastic warp.
/// </summary>
internal sealed class Distortion
{
    private const int Knots = 4;
    private const float Height = 20f;

    private readonly Vector2 _columnX;
    private readonly Vector2 _columnY;
    private readonly Vector2 _centre;
    private readonly Vector2[] _warp = new Vector2[Knots * Knots];

    /// <summary>
    /// Draw a distortion.
    /// </summary>
    public Distortion(SeededRandom random)
    {
        var width = Height * random.Range(0.62f, 1f);
        var height = Height * random.Range(0.78f, 1.06f);
        var slant = random.Range(-0.1f, 0.32f);

        // With t = tan(angle / 2) the sine and cosine need no library function,
        // whose last bit could differ between platforms.
        var t = random.Gaussian() * 0.055f;
        var cosine = (1f - (t * t)) / (1f + (t * t));
        var sine = 2f * t / (1f + (t * t));

        _columnX = new Vector2(cosine, sine) * width;
        _columnY = (new Vector2(-sine, cosine) - (new Vector2(cosine, sine) * slant)) * height;
        _centre = new Vector2((Digit.Side - 1) / 2f)
            + new Vector2(random.Range(-3f, 3f), random.Range(-2.5f, 2.5f));

        var strength = random.Range(0.3f, 1.15f);
        for (var i = 0; i < _warp.Length; i++)
        {
            _warp[i] = new Vector2(random.Gaussian(), random.Gaussian()) * strength;
        }
    }

    /// <summary>
    /// Map a point of the unit square to pixel coordinates, (0, 0) being the centre of the first pixel.
    /// </summary>
    public Vector2 Apply(Vector2 point)
    {
        var offset = point - new Vector2(0.5f);
        return _centre + (_columnX * offset.X) + (_columnY * offset.Y) + WarpAt(point);
    }

    private Vector2 WarpAt(Vector2 point)
    {
        var (left, x) = Cell(point.X);
        var (top, y) = Cell(point.Y);
        var at = (top * Knots) + left;
        var upper = _warp[at] + ((_warp[at + 1] - _warp[at]) * x);
        var lower = _warp[at + Knots] + ((_warp[at + Knots + 1] - _warp[at + Knots]) * x);
        return upper + ((lower - upper) * y);
    }

    private static (int Cell, float Part) Cell(float coordinate)
    {
        var scaled = Math.Clamp(coordinate, 0f, 1f) * (Knots - 1);
        var cell = Math.Min((int)scaled, Knots - 2);
        var part = scaled - cell;

        // Smoothstep: no kink where two cells meet.
        return (cell, part * part * (3f - (2f * part)));
    }
}
