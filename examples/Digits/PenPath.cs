using System.Globalization;
using System.Numerics;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Hold the pen movements of one shape and turn them into short straight lines.
/// </summary>
internal sealed class PenPath
{
    private const int StepsPerCurve = 10;

    private readonly char[] _commands;
    private readonly Vector2[] _points;

    private PenPath(char[] commands, Vector2[] points)
    {
        _commands = commands;
        _points = points;
    }

    /// <summary>
    /// Read a shape from its text, in the notation of <see cref="DigitShapes"/>.
    /// </summary>
    /// <exception cref="FormatException">The text is not in that notation.</exception>
    public static PenPath Parse(string text)
    {
        var commands = new List<char>();
        var points = new List<Vector2>();
        var words = text.Split(' ');
        for (var at = 0; at < words.Length;)
        {
            var command = words[at++][0];
            commands.Add(command);
            for (var n = PointCount(command); n > 0; n--, at += 2)
            {
                points.Add(new Vector2(Coordinate(words[at]), Coordinate(words[at + 1])));
            }
        }

        return new PenPath([.. commands], [.. points]);
    }

    /// <summary>
    /// Flatten the shape into polylines within the unit square, after moving every point at random.
    /// </summary>
    /// <param name="random">The source of the moves.</param>
    /// <param name="jitter">The standard deviation of the moves, as a part of the square.</param>
    public List<Vector2[]> Flatten(SeededRandom random, float jitter)
    {
        var points = new Vector2[_points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = _points[i] + (new Vector2(random.Gaussian(), random.Gaussian()) * jitter);
        }

        var lines = new List<Vector2[]>();
        var line = new List<Vector2>();
        var next = 0;
        foreach (var command in _commands)
        {
            if (command == 'M' && line.Count > 0)
            {
                lines.Add([.. line]);
                line.Clear();
            }

            var count = PointCount(command);
            AddSegment(line, points.AsSpan(next, count), command == 'M');
            next += count;
        }

        lines.Add([.. line]);
        return lines;
    }

    private static void AddSegment(List<Vector2> line, ReadOnlySpan<Vector2> points, bool start)
    {
        if (start)
        {
            line.Add(points[0]);
            return;
        }

        // Straight lines are cut up as well, so that the elastic warp can bend them.
        var from = line[^1];
        for (var step = 1; step <= StepsPerCurve; step++)
        {
            line.Add(PointAt(from, points, step / (float)StepsPerCurve));
        }
    }

    private static Vector2 PointAt(Vector2 from, ReadOnlySpan<Vector2> points, float t)
    {
        // De Casteljau: a curve is a blend of two curves of one degree less.
        if (points.Length == 1)
        {
            return Blend(from, points[0], t);
        }

        return Blend(PointAt(from, points[..^1], t), PointAt(points[0], points[1..], t), t);
    }

    private static Vector2 Blend(Vector2 a, Vector2 b, float t) => a + ((b - a) * t);

    private static float Coordinate(string word) => int.Parse(word, CultureInfo.InvariantCulture) / 100f;

    private static int PointCount(char command) => command switch
    {
        'M' or 'L' => 1,
        'Q' => 2,
        'C' => 3,
        _ => throw new FormatException($"'{command}' is no pen command: M, L, Q or C was expected."),
    };
}
