using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Draws the receiver operating characteristic of each class against the rest.</summary>
internal static class RocChart
{
    /// <summary>Draws the curves, or returns null when no class has rows both of it and not of it.</summary>
    public static XElement? Draw(ReportRows rows)
    {
        // Of two classes each curve is the other's mirror image.
        ChartSeries[] curves = [.. Enumerable.Range(rows.Classes == 2 ? 1 : 0, rows.Classes == 2 ? 1 : rows.Classes).Select(index => (Index: index, Curve: Curve(rows, index)))
            .Where(pair => pair.Curve is not null).OrderBy(pair => pair.Curve!.Value.Area).Take(ChartSeries.Colours).OrderBy(pair => pair.Index)
            .Select((pair, colour) => new ChartSeries(rows.ClassName(pair.Index), pair.Curve!.Value.Fpr, pair.Curve!.Value.Tpr, colour) { Note = Markup.Number(pair.Curve!.Value.Area) })];
        if (curves.Length == 0)
            return null;
        string which = rows.Classes > ChartSeries.Colours ? $", the {curves.Length} classes with the smallest areas" : "";
        return new Chart($"ROC curves and areas under them{which}", "false positive rate", "true positive rate", AxisScale.Share(), AxisScale.Share(), curves) { HasDiagonal = true }.Draw();
    }

    private static (double[] Fpr, double[] Tpr, double Area)? Curve(ReportRows rows, int index)
    {
        var ranked = new RankedRows(rows.Count);
        for (int row = 0; row < rows.Count; row++)
            ranked.Add(rows.Score(row, index), (int)rows.Target(row) == index, 1);
        if (!ranked.IsDefined || ranked.Positives == 0 || ranked.Negatives == 0)
            return null;
        (double Fpr, double Tpr)[] points = [(0, 0), .. ranked.Walk().Select(walked => (walked.Negatives / ranked.Negatives, walked.Positives / ranked.Positives))];
        double area = points.Zip(points.Skip(1), (from, to) => (to.Fpr - from.Fpr) * (to.Tpr + from.Tpr) / 2).Sum();
        return ([.. points.Select(point => point.Fpr)], [.. points.Select(point => point.Tpr)], area);
    }
}
