namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// List the pen movements of the ten digits, several ways of writing each.
/// </summary>
/// <remarks>
/// The notation is the one of SVG paths, upper-case commands only: M (pen down at), L (line to),
/// Q (quadratic curve: control point, end) and C (cubic curve: two control points, end). Coordinates
/// are per cent of a square, x to the right and y downwards.
/// </remarks>
internal static class DigitShapes
{
    private static readonly string[][] Paths =
    [
        [
            "M 52 4 C 22 2 16 34 18 54 C 20 80 34 98 54 96 C 78 94 86 66 82 42 C 79 16 66 4 50 5",
            "M 62 10 C 42 -4 24 26 24 54 C 24 82 38 98 52 97 C 72 95 78 68 76 44 C 74 24 68 14 58 12",
            "M 42 8 C 18 22 14 60 26 82 C 38 102 66 98 78 72 C 88 44 76 12 56 6 C 46 4 40 10 42 18",
        ],
        [
            "M 52 3 Q 49 50 48 97",
            "M 33 28 Q 46 20 54 4 L 53 97",
            "M 32 26 L 52 5 L 52 96 M 28 96 L 76 95",
            "M 62 4 L 40 97",
        ],
        [
            "M 20 24 C 26 0 76 -4 77 28 C 78 52 40 70 18 95 L 82 94",
            "M 20 26 C 24 2 74 -4 74 28 C 74 56 46 84 26 92 C 10 96 12 74 28 76 C 46 78 58 98 84 90",
            "M 22 20 C 34 2 74 0 74 26 C 74 48 36 76 20 92 C 40 84 62 98 84 88",
            "M 20 10 Q 74 0 74 24 Q 74 46 18 94 L 80 96",
        ],
        [
            "M 22 16 C 36 -2 76 2 74 26 C 73 44 54 48 42 48 C 60 48 82 54 80 74 C 76 102 34 102 18 84",
            "M 22 6 L 74 6 L 44 42 C 70 40 84 58 78 76 C 70 100 32 100 18 84",
            "M 24 14 C 44 -4 80 8 70 30 C 64 44 46 52 38 48 C 36 42 50 42 60 48 C 88 60 78 96 48 97 C 34 97 24 92 18 84",
        ],
        [
            "M 26 4 Q 22 34 20 54 L 82 52 M 68 6 Q 66 50 64 97",
            "M 62 97 L 62 3 L 16 64 L 86 64",
            "M 24 6 C 16 40 18 56 38 56 C 54 56 66 48 70 40 M 74 8 C 70 40 66 70 64 97",
            "M 60 4 L 18 60 L 86 58 M 66 34 L 60 97",
        ],
        [
            "M 76 6 L 32 6 L 28 44 C 50 34 82 42 80 68 C 78 98 38 102 18 86",
            "M 34 8 Q 30 28 28 46 C 48 36 78 42 78 68 C 78 96 40 102 20 88 M 34 8 L 80 5",
            "M 78 8 C 50 2 30 8 28 28 C 27 46 78 46 78 72 C 76 98 36 100 20 86",
        ],
        [
            "M 68 4 C 36 16 20 48 22 70 C 24 98 74 104 78 72 C 78 46 34 46 24 72",
            "M 54 3 C 34 24 22 54 24 76 C 28 100 68 100 70 76 C 70 56 40 54 28 80",
            "M 76 12 C 54 -4 20 24 20 64 C 22 104 78 106 78 70 C 76 44 36 42 22 64",
        ],
        [
            "M 18 8 L 80 6 Q 54 44 42 97",
            "M 18 8 L 80 6 Q 54 44 42 97 M 32 50 L 74 48",
            "M 20 22 L 22 8 Q 50 12 80 6 Q 58 40 46 97",
            "M 18 12 Q 48 2 78 8 C 76 30 46 56 48 97",
        ],
        [
            "M 70 14 C 56 -2 22 2 26 26 C 30 50 78 50 78 76 C 76 102 22 102 22 76 C 22 52 72 46 74 22 C 74 14 70 10 64 8",
            "M 50 46 C 18 42 22 4 50 4 C 78 4 80 42 50 46 C 12 50 14 97 50 97 C 86 97 88 50 50 46",
            "M 74 8 C 40 0 24 18 34 34 C 44 50 74 58 74 78 C 72 102 24 100 26 76 C 28 54 76 36 76 12",
        ],
        [
            "M 74 26 C 70 0 24 -2 22 28 C 22 58 66 56 74 26 L 70 97",
            "M 76 24 C 68 -2 22 0 22 28 C 24 58 70 52 76 26 C 80 60 72 98 32 94",
            "M 72 18 C 56 -4 22 10 24 34 C 28 56 66 50 74 16 Q 66 60 52 97",
        ],
    ];

    /// <summary>
    /// Get the shapes, one array per digit and one shape per way of writing it.
    /// </summary>
    public static PenPath[][] All { get; } =
        [.. Paths.Select(variants => variants.Select(PenPath.Parse).ToArray())];
}
