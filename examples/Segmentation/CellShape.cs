using System.Numerics;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Is the outline of a cell: an ellipse in any direction, dented in three places.</summary>
internal sealed class CellShape
{
    private readonly Vector2 _centre;
    private readonly Vector2 _axis;
    private readonly Vector2 _radii;
    private readonly float _dent;

    /// <summary>Draws a shape.</summary>
    /// <param name="centre">The middle, in pixels.</param>
    /// <param name="unit">The factor of all sizes.</param>
    /// <param name="random">The source of the shape.</param>
    public CellShape(Vector3 centre, float unit, SeededRandom random)
    {
        Vector3 axis = random.Direction(2);
        (_centre, _axis) = (new(centre.X, centre.Y), new(axis.X, axis.Y));
        float radius = unit * random.Range(7f, 13f);
        float stretch = random.Range(0.7f, 1f);
        _radii = new Vector2(radius, radius * stretch);
        _dent = random.Range(-0.25f, 0.25f);
    }

    /// <summary>Gets how far inside a pixel is: 1 in the middle, 0 at the edge, below 0 outside.</summary>
    public float Depth(Vector2 place)
    {
        Vector2 way = place - _centre;
        float u = Vector2.Dot(way, _axis) / _radii.X;
        float v = ((way.Y * _axis.X) - (way.X * _axis.Y)) / _radii.Y;
        float squared = (u * u) + (v * v);
        // r^3 cos(3 angle) as a polynomial: it rounds alike everywhere. Far away it would win over the square.
        return squared > 2f ? -1f : 1f - squared - (_dent * u * ((u * u) - (3f * v * v)));
    }
}
