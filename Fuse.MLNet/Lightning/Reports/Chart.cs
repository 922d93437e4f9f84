using System.Globalization;
using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Draws series over two axes.</summary>
internal sealed record Chart(string Title, string XName, string YName, AxisScale X, AxisScale Y, IReadOnlyList<ChartSeries> Series)
{
    private const double Width = 480;
    private const double Height = 280;
    private const double Left = 60;
    private const double Right = 14;
    private const double Top = 10;
    private const double Bottom = 42;
    private const int MostMarks = 60;
    private const int MostPoints = 600;

    /// <summary>Gets a value of the horizontal axis to mark, such as the epoch that was kept.</summary>
    public (double X, string Name)? Mark { get; init; }

    /// <summary>Gets whether to draw the line of equal values.</summary>
    public bool HasDiagonal { get; init; }

    public XElement Draw() => Markup.Html("figure", null,
        Markup.Html("figcaption", null, Title + (Y.IsLogarithmic ? " (logarithmic)" : "")),
        Markup.Html("div", "legend", [.. Series.Select(series => Markup.Html("span", $"key {series.CssClass}", Markup.Svg("svg", [("viewBox", "0 0 12 12"), ("class", "swatch")],
            Markup.Svg("rect", [("width", "12"), ("height", "12"), ("rx", "3")])), Markup.Short(series.Name, 40), series.Note.Length > 0 ? Markup.Html("b", null, series.Note) : null))]),
        Markup.Svg("svg", [("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}")), ("role", "img")],
            Markup.Svg("title", [], Title), Axes(), Diagonal(), MarkedPlace(), Series.Select(Line).ToArray()));

    private static double Across(double place) => Left + (place * (Width - Left - Right));

    private static double Down(double place) => Height - Bottom - (place * (Height - Top - Bottom));

    private XElement Axes()
    {
        XElement axes = Markup.Svg("g", [("class", "axes")]);
        foreach (double mark in Y.Marks)
        {
            double y = Down(Y.Place(mark)!.Value);
            axes.Add(Markup.Svg("line", [("x1", Left), ("x2", Width - Right), ("y1", y), ("y2", y)]),
                Markup.Svg("text", [("x", Left - 8), ("y", y + 4), ("text-anchor", "end")], Y.Label(mark)));
        }
        foreach (double mark in X.Marks)
        {
            double x = Across(X.Place(mark)!.Value);
            axes.Add(Markup.Svg("line", [("x1", x), ("x2", x), ("y1", Down(0)), ("y2", Down(0) + 4)]),
                Markup.Svg("text", [("x", x), ("y", Down(0) + 18), ("text-anchor", "middle")], X.Label(mark)));
        }
        axes.Add(Markup.Svg("text", [("x", Across(0.5)), ("y", Height - 6), ("text-anchor", "middle"), ("class", "name")], XName));
        if (YName.Length > 0)
            axes.Add(Markup.Svg("text", [("transform", string.Create(CultureInfo.InvariantCulture, $"translate(13 {Down(0.5)}) rotate(-90)")), ("text-anchor", "middle"), ("class", "name")], YName));
        return axes;
    }

    private XElement? Diagonal() => HasDiagonal
        ? Markup.Svg("line", [("class", "diagonal"), ("x1", Across(0)), ("y1", Down(0)), ("x2", Across(1)), ("y2", Down(1))]) : null;

    private XElement? MarkedPlace()
    {
        if (Mark is not { } mark || X.Place(mark.X) is not { } place)
            return null;
        bool isLate = place > 0.7;
        return Markup.Svg("g", [("class", "mark")],
            Markup.Svg("line", [("x1", Across(place)), ("x2", Across(place)), ("y1", Down(0)), ("y2", Down(1))]),
            Markup.Svg("text", [("x", Across(place) + (isLate ? -5 : 5)), ("y", Down(1) + 10), ("text-anchor", isLate ? "end" : "start")], mark.Name));
    }

    private XElement Line(ChartSeries series)
    {
        XElement group = Markup.Svg("g", [("class", $"series {series.CssClass}")]);
        int stride = Math.Max(1, series.X.Count / MostPoints);
        var part = new List<(double X, double Y)>();
        for (int i = 0; i < series.X.Count; i++)
        {
            if (i % stride != 0 && i != series.X.Count - 1)
                continue;
            if (X.Place(series.X[i]) is { } x && Y.Place(series.Y[i]) is { } y)
            {
                part.Add((Across(x), Down(y)));
                if (series.IsCloud || series.X.Count <= MostMarks)
                    group.Add(Markup.Svg("circle", [("cx", Across(x)), ("cy", Down(y)), ("r", series.IsCloud ? 2.2 : 2.6)],
                        Markup.Svg("title", [], $"{series.Name}, {XName} {Markup.Number(series.X[i])}: {Markup.Number(series.Y[i])}")));
                continue;
            }
            Join(group, part, series);
        }
        Join(group, part, series);
        return group;
    }

    private static void Join(XElement group, List<(double X, double Y)> part, ChartSeries series)
    {
        if (part.Count == 1 && !series.IsCloud && series.X.Count > MostMarks)
            group.Add(Markup.Svg("circle", [("cx", part[0].X), ("cy", part[0].Y), ("r", 1.5)]));
        if (part.Count > 1 && !series.IsCloud)
            group.AddFirst(Markup.Svg("polyline", [("points", string.Join(' ', part.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}"))))]));
        part.Clear();
    }
}
