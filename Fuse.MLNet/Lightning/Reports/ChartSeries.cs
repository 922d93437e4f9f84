namespace Fuse.MLNet;

/// <summary>Is a line, or a cloud of points, of a chart.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">The places on the horizontal axis.</param>
/// <param name="Y">The values; what is not finite leaves a gap.</param>
/// <param name="Colour">The number of the colour.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, int Colour)
{
    public const int Colours = 8;

    /// <summary>Gets what the legend says behind the name.</summary>
    public string Note { get; init; } = "";

    /// <summary>Gets whether the points are not joined.</summary>
    public bool IsCloud { get; init; }

    public string CssClass => FormattableString.Invariant($"c{Colour % Colours}");
}
