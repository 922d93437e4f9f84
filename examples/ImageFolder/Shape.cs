using SkiaSharp;

namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Is a figure to draw: polygons around the origin, of a size of about 1, with holes where they overlap.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Polygons">The corners of its polygons.</param>
internal sealed record Shape(string Name, params SKPoint[][] Polygons)
{
    /// <summary>Gets the shapes that a network learns to see at first.</summary>
    public static Shape[] Common { get; } =
    [
        new("disc", Star(32, 1)), new("triangle", Star(3, 1)), new("square", Star(4, 1)), new("star", Star(5, 0.4f)), new("ring", Star(32, 1), Star(32, 0.55f, radius: 0.55f)),
        new("bar", Points(-1, -0.3f, 1, -0.3f, 1, 0.3f, -1, 0.3f)),
        new("plus", Points(-0.3f, -1, 0.3f, -1, 0.3f, -0.3f, 1, -0.3f, 1, 0.3f, 0.3f, 0.3f, 0.3f, 1, -0.3f, 1, -0.3f, 0.3f, -1, 0.3f, -1, -0.3f, -0.3f, -0.3f)),
        new("gear", Star(9, 0.7f)),
    ];

    /// <summary>Gets the shapes of which there are few pictures.</summary>
    public static Shape[] Rare { get; } =
    [
        new("arrow", Points(1, 0, 0.2f, -0.8f, 0.2f, -0.3f, -1, -0.3f, -1, 0.3f, 0.2f, 0.3f, 0.2f, 0.8f)),
        new("corner", Points(-0.8f, -1, -0.2f, -1, -0.2f, 0.4f, 0.9f, 0.4f, 0.9f, 1, -0.8f, 1)),
        new("crescent", Star(32, 1), Star(32, 0.72f, radius: 0.72f, left: 0.25f)),
        new("frame", Star(4, 1), Star(4, 0.6f, radius: 0.6f)),
        new("spark", Star(4, 0.3f)),
    ];

    /// <summary>Makes the path of the shape.</summary>
    public SKPath Path()
    {
        var path = new SKPath { FillType = SKPathFillType.EvenOdd };
        foreach (SKPoint[] polygon in Polygons)
            path.AddPoly(polygon, close: true);
        return path;
    }

    private static SKPoint[] Points(params float[] values) => [.. values.Chunk(2).Select(point => new SKPoint(point[0], point[1]))];

    // Spikes of a radius, and between them corners of a smaller one when it differs.
    private static SKPoint[] Star(int spikes, float inner, float radius = 1, float left = 0)
    {
        bool isPlain = inner >= radius;
        int corners = isPlain ? spikes : 2 * spikes;
        return [.. Enumerable.Range(0, corners).Select(i =>
        {
            float length = isPlain || i % 2 == 0 ? radius : inner;
            (float sin, float cos) = MathF.SinCos(2 * MathF.PI * i / corners);
            return new SKPoint((length * cos) - left, length * sin);
        })];
    }
}
