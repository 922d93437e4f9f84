using System.Globalization;
using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Draws which classes were given to the rows of each true class.</summary>
internal static class ConfusionChart
{
    public const int MostClasses = 40;
    private const int MostNumbered = 16;
    private const double Side = 340;
    private const double Gutter = 96;
    private const double LargestCell = 56;
    private const double Zoom = 1.3;

    public static XElement Draw(ReportRows rows)
    {
        int classes = rows.Classes;
        var counts = new int[classes, classes];
        var totals = new int[classes];
        for (int row = 0; row < rows.Count; row++)
        {
            int target = (int)rows.Target(row);
            totals[target]++;
            if (rows.PredictedClass(row) is { } predicted)
                counts[target, predicted]++;
        }
        double cell = Math.Min(LargestCell, Side / classes);
        double size = Gutter + (cell * classes) + 8;
        XElement svg = Markup.Svg("svg", [("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {size} {size}")), ("role", "img"), ("style", string.Create(CultureInfo.InvariantCulture, $"max-width: {size * Zoom:0}px"))], Markup.Svg("title", [], "Confusion matrix"));
        for (int target = 0; target < classes; target++)
        {
            double y = 8 + (target * cell);
            svg.Add(Markup.Svg("text", [("x", Gutter - 6), ("y", y + (cell / 2) + 4), ("text-anchor", "end")], Markup.Svg("title", [], rows.ClassName(target)), Markup.Short(rows.ClassName(target), 11)));
            for (int predicted = 0; predicted < classes; predicted++)
                svg.Add(Cell(rows, (target, predicted), counts[target, predicted], totals[target], (Gutter + (predicted * cell), y, cell)));
            double x = Gutter + (target * cell) + (cell / 2) + 3;
            svg.Add(Markup.Svg("text", [("transform", string.Create(CultureInfo.InvariantCulture, $"translate({x:0.##} {14 + (classes * cell):0.##}) rotate(-50)")), ("text-anchor", "end")],
                Markup.Svg("title", [], rows.ClassName(target)), Markup.Short(rows.ClassName(target), 11)));
        }
        return Markup.Html("figure", null, Markup.Html("figcaption", null, "Confusion matrix"), Markup.Html("p", "hint", "Each line is a true class, each column a predicted one; shades are shares of the line."), svg);
    }

    private static XElement Cell(ReportRows rows, (int Target, int Predicted) at, int count, int total, (double X, double Y, double Side) place)
    {
        double share = total == 0 ? 0 : (double)count / total;
        bool hasNumber = rows.Classes <= MostNumbered && count > 0;
        return Markup.Svg("g", [],
            Markup.Svg("title", [], string.Create(CultureInfo.InvariantCulture, $"true {rows.ClassName(at.Target)}, predicted {rows.ClassName(at.Predicted)}: {count} of {total} ({share:P1})")),
            Markup.Svg("rect", [("class", "cell"), ("x", place.X + 0.5), ("y", place.Y + 0.5), ("width", place.Side - 1), ("height", place.Side - 1), ("rx", 2.0), ("fill-opacity", 0.06 + (0.94 * share))]),
            hasNumber ? Markup.Svg("text", [("class", share > 0.5 ? "count on" : "count"), ("x", place.X + (place.Side / 2)), ("y", place.Y + (place.Side / 2) + 4), ("text-anchor", "middle")], count.ToString(CultureInfo.InvariantCulture)) : null);
    }
}
