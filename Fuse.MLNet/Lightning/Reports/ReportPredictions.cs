using System.Globalization;
using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Shows what an output predicted for the validation rows.</summary>
internal static class ReportPredictions
{
    public static XElement[] Of(ReportRows rows, int? epoch)
    {
        string share = rows.IsClasses ? string.Create(CultureInfo.InvariantCulture, $", {Enumerable.Range(0, rows.Count).Count(row => rows.PredictedClass(row) == (int)rows.Target(row)) / (double)rows.Count:P1} right") : "";
        string hint = string.Create(CultureInfo.InvariantCulture, $"{rows.Count} validation rows with a label{(rows.IsCut ? ", the first ones only" : "")}{(epoch is null ? "" : $", in epoch {epoch}")}{share}.");
        XElement?[] charts = rows.IsClasses ? [rows.Classes <= ConfusionChart.MostClasses ? ConfusionChart.Draw(rows) : null, RocChart.Draw(rows)] : [Cloud(rows)];
        return
        [
            Markup.Html("h2", null, $"Predictions: {rows.Output.Name}"), Markup.Html("p", "hint", hint), Markup.Html("div", "charts", charts),
            .. rows.Worst.Length == 0 ? Array.Empty<XElement>() : [Markup.Html("h2", null, $"Hardest rows: {rows.Output.Name}"), Markup.Html("div", "scroll", Samples(rows))],
        ];
    }

    private static XElement Cloud(ReportRows rows)
    {
        int stride = (rows.Count + 999) / 1000;
        int[] shown = [.. Enumerable.Range(0, rows.Count).Where(row => row % stride == 0)];
        double[] truth = [.. shown.Select(rows.Target)], predicted = [.. shown.Select(row => rows.Score(row))];
        AxisScale scale = AxisScale.Of(truth.Concat(predicted));
        return new Chart("Predicted and true values", "true", "predicted", scale, scale, [new ChartSeries(rows.Output.Name, truth, predicted, 0) { IsCloud = true }]) { HasDiagonal = true }.Draw();
    }

    private static XElement Samples(ReportRows rows)
    {
        bool hasPictures = rows.Worst.Any(sample => sample.Picture is not null);
        string[] head = [.. hasPictures ? ["input"] : Array.Empty<string>(), "row", "true", "predicted", .. rows.IsClasses ? new[] { "score of the true class", "of the predicted" } : ["error"]];
        return Markup.Html("table", null, Markup.Html("tr", null, [.. head.Select(name => Markup.Html("th", null, name))]),
            rows.Worst.Select(sample => Markup.Html("tr", null, [.. Cells(rows, sample, hasPictures)])));
    }

    private static IEnumerable<XElement> Cells(ReportRows rows, ReportSample sample, bool hasPictures)
    {
        if (hasPictures)
            yield return Markup.Html("td", null, sample.Picture is null ? null
                : new XElement("img", new XAttribute("src", $"data:image/png;base64,{sample.Picture}"), new XAttribute("alt", "")));
        yield return Markup.Html("td", null, sample.Id);
        if (rows.IsClasses)
        {
            (int target, int? predicted) = ((int)rows.Target(sample.Row), rows.PredictedClass(sample.Row));
            yield return Markup.Html("td", null, rows.ClassName(target));
            yield return Markup.Html("td", null, predicted is { } index ? rows.ClassName(index) : "none");
            yield return Number(rows.Score(sample.Row, target));
            yield return Number(predicted is { } given ? rows.Score(sample.Row, given) : double.NaN);
        }
        else
        {
            yield return Number(rows.Target(sample.Row));
            yield return Number(rows.Score(sample.Row));
            yield return Number(sample.Error);
        }
    }

    private static XElement Number(double value) => Markup.Html("td", "number", Markup.Number(value));
}
