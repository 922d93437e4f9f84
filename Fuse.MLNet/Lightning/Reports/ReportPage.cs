using System.Globalization;
using System.Xml.Linq;

namespace Fuse.MLNet;

/// <summary>Makes a report's page: one HTML file that needs nothing else.</summary>
internal static class ReportPage
{
    private const string RefreshSeconds = "10";
    private static readonly string[] Phases = [Phase.Train.LogPrefix(), Phase.Validation.LogPrefix()];

    // No character in it has a meaning for XML.
    private const string Style = """
        :root { color-scheme: light dark; --page: #ffffff; --card: #f8f9fb; --ink: #1b1f24; --dim: #626b76; --rule: #dfe3e8; --on: #ffffff;
          --c0: #2f6bdc; --c1: #d9630b; --c2: #168a5b; --c3: #8b46c9; --c4: #c93573; --c5: #0f86a3; --c6: #946b00; --c7: #5d6876; }
        @media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1b2026; --ink: #e7eaee; --dim: #9aa4b0; --rule: #323a44; --on: #0d1117;
          --c0: #6ea4ff; --c1: #ff9d57; --c2: #4cc994; --c3: #c08bf5; --c4: #f47aab; --c5: #4cc3df; --c6: #d9b04a; --c7: #a5b0bd; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 0.75rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.75rem; }
        .hint { color: var(--dim); font-size: 0.85rem; margin: 0 0 0.5rem; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0.75rem; margin: 0; }
        dl div { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 0.5rem 0.75rem; }
        dt { color: var(--dim); font-size: 0.8rem; } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1rem; align-items: start; }
        figure { margin: 0; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 0.75rem; }
        figcaption { font-weight: 600; margin-bottom: 0.25rem; overflow-wrap: anywhere; }
        figure svg { width: 100%; height: auto; display: block; }
        .legend { font-size: 0.85rem; color: var(--dim); min-height: 1.3rem; } .key { display: inline-block; margin-right: 1rem; white-space: nowrap; } .key b { color: var(--ink); margin-left: 0.35rem; }
        .legend svg.swatch { width: 0.7rem; height: 0.7rem; display: inline-block; margin-right: 0.35rem; }
        svg text { font-size: 12px; fill: var(--dim); } svg text.name { fill: var(--ink); }
        .axes line { stroke: var(--rule); } .diagonal { stroke: var(--dim); stroke-dasharray: 2 4; } .mark line { stroke: var(--ink); stroke-dasharray: 4 4; } .mark text { fill: var(--ink); }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round; } .cell { fill: var(--c0); } svg text.count { fill: var(--ink); } svg text.on { fill: var(--on); }
        .c0 polyline { stroke: var(--c0); } .c0 circle, .c0 rect { fill: var(--c0); } .c1 polyline { stroke: var(--c1); } .c1 circle, .c1 rect { fill: var(--c1); }
        .c2 polyline { stroke: var(--c2); } .c2 circle, .c2 rect { fill: var(--c2); } .c3 polyline { stroke: var(--c3); } .c3 circle, .c3 rect { fill: var(--c3); }
        .c4 polyline { stroke: var(--c4); } .c4 circle, .c4 rect { fill: var(--c4); } .c5 polyline { stroke: var(--c5); } .c5 circle, .c5 rect { fill: var(--c5); }
        .c6 polyline { stroke: var(--c6); } .c6 circle, .c6 rect { fill: var(--c6); } .c7 polyline { stroke: var(--c7); } .c7 circle, .c7 rect { fill: var(--c7); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9rem; } th, td { text-align: left; padding: 0.25rem 0.9rem 0.25rem 0; border-bottom: 1px solid var(--rule); vertical-align: middle; }
        th { color: var(--dim); font-weight: 500; } td.number { text-align: right; font-variant-numeric: tabular-nums; } td img { width: 4.5rem; height: auto; display: block; image-rendering: pixelated; }
        summary { cursor: pointer; color: var(--dim); }
        """;

    /// <summary>Writes the page.</summary>
    public static string Of(ReportState state)
    {
        XElement head = Markup.Html("head", null,
            new XElement("meta", new XAttribute("charset", "utf-8")), new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            state.IsRunning ? new XElement("meta", new XAttribute("http-equiv", "refresh"), new XAttribute("content", RefreshSeconds)) : null,
            Markup.Html("title", null, $"Training report: {state.Status}"), Markup.Html("style", null, Style));
        XElement body = Markup.Html("body", null, Markup.Html("h1", null, "Training report"), Summary(state));
        if (state.History.Epochs.Count > 0)
            body.Add(Markup.Html("h2", null, "Curves"), Markup.Html("div", "charts", Curves(state).ToArray()));
        foreach (ReportRows rows in state.Rows.Where(rows => rows.Count > 0))
            body.Add(ReportPredictions.Of(rows, state.RowsEpoch));
        if (state.History.Epochs.Count > 0)
            body.Add(Markup.Html("h2", null, "Values"), Values(state));
        var page = new XElement("html", new XAttribute("lang", "en"), head, body);
        return $"<!DOCTYPE html>\n{page.ToString(SaveOptions.DisableFormatting)}\n";
    }

    private static XElement Summary(ReportState state)
    {
        int epochs = state.History.Epochs.Count;
        string? best = state.KeptEpoch is { } kept && state.Monitor is { } monitor && LoggedValue.Find(state.History.Epochs[kept].Values, monitor.Name) is { } value
            ? $"{monitor.Name} = {Markup.Number(value)}" : null;
        IEnumerable<(string Name, string Value)> facts =
        [
            ("Status", state.Status),
            ("Epochs", Invariant($"{epochs} of {state.MaxEpochs}")),
            ("Weights of epoch", state.KeptEpoch is { } epoch ? Invariant($"{epoch}, counted from 0") : "the last one"),
            .. best is null ? Array.Empty<(string, string)>() : [("Best value", best)],
            ("Optimizer steps", Invariant($"{state.Steps}")),
            ("Time", epochs == 0 ? Duration(state.Time) : $"{Duration(state.Time)}, {Duration(state.Time / epochs)} an epoch"),
            ("Parameters", state.Parameters.ToString("N0", CultureInfo.InvariantCulture)),
            ("Library", $"Fuse.MLNet {LibraryVersion.Fuse}, TorchSharp {LibraryVersion.TorchSharp}"),
        ];
        return Markup.Html("dl", null, [.. facts.Select(fact => Markup.Html("div", null, Markup.Html("dt", null, fact.Name), Markup.Html("dd", null, fact.Value)))]);
    }

    /// <summary>Draws a chart for each loss, each metric worth it, and the learning rate: training and validation side by side.</summary>
    private static IEnumerable<XElement> Curves(ReportState state)
    {
        EpochRecord[] epochs = [.. state.History.Epochs];
        double[] x = [.. epochs.Select(epoch => (double)epoch.Epoch)];
        AxisScale across = AxisScale.Whole(0, Math.Max(1, x[^1]));
        (double, string)? mark = state.KeptEpoch is { } kept ? (kept, "kept") : null;
        string[] names = [.. epochs.SelectMany(epoch => epoch.Shown()).Select(value => value.Name).Distinct(StringComparer.Ordinal)];
        foreach (IGrouping<string, string> chart in names.GroupBy(What).OrderBy(chart => chart.Key == BatchKeys.TotalLoss ? 0 : chart.Key.StartsWith("losses.", StringComparison.Ordinal) ? 1 : chart.Key.StartsWith("metrics.", StringComparison.Ordinal) ? 2 : 3))
        {
            ChartSeries[] series = [.. chart.OrderBy(Colour).Select((name, index) => Series(name, Who(name), x, state.History[name], Math.Max(Colour(name), index)))];
            yield return new Chart(chart.Key, "epoch", "", across, AxisScale.Of(series.SelectMany(line => line.Y)), series) { Mark = mark }.Draw();
        }
        if (state.LearningRates.Any(double.IsFinite) && !names.Any(name => name.StartsWith("learning_rate", StringComparison.Ordinal)))
            yield return new Chart("learning rate", "epoch", "", across, AxisScale.Of(state.LearningRates), [Series("learning rate", "at the end of the epoch", x, state.LearningRates, 0)]) { Mark = mark }.Draw();
    }

    private static ChartSeries Series(string name, string legend, double[] x, IReadOnlyList<double> values, int colour) =>
        new(legend.Length > 0 ? legend : name, x[..Math.Min(x.Length, values.Count)], [.. values.Take(x.Length)], colour) { Note = values.Count > 0 ? Markup.Number(values[^1]) : "" };

    /// <summary>Gets the part of a logged name behind its phase, such as <c>losses.total_loss</c>.</summary>
    private static string What(string name) => Start(name) is > 0 and var start ? name[(start + 1)..] : name;

    /// <summary>Gets the phase of a logged name, such as <c>train</c> or <c>validation.night</c>.</summary>
    private static string Who(string name) => Start(name) is > 0 and var start ? name[..start] : "";

    private static int Start(string name) => !Phases.Any(phase => name.StartsWith(phase + ".", StringComparison.Ordinal)) ? -1
        : Math.Max(name.IndexOf(".losses.", StringComparison.Ordinal), name.IndexOf(".metrics.", StringComparison.Ordinal));

    private static int Colour(string name) => Who(name) is var who && who == Phases[0] ? 0 : who == Phases[1] ? 1 : who.Length > 0 ? 2 : 0;

    private static XElement Values(ReportState state)
    {
        EpochRecord last = state.History.Epochs[^1];
        EpochRecord? kept = state.KeptEpoch is { } epoch ? state.History.Epochs[epoch] : null;
        string[] names = [.. last.Values.Concat(kept?.Values ?? []).Select(value => value.Name).Distinct(StringComparer.Ordinal)];
        XElement table = Markup.Html("table", null,
            Markup.Html("tr", null, Markup.Html("th", null, "name"), kept is null ? null : Markup.Html("th", null, Invariant($"epoch {kept.Epoch}, kept")), Markup.Html("th", null, Invariant($"epoch {last.Epoch}, the last"))),
            names.Select(name => Markup.Html("tr", null, Markup.Html("td", null, name), kept is null ? null : Cell(kept, name), Cell(last, name))));
        return Markup.Html("details", null, names.Length <= 16 ? new XAttribute("open", "open") : null, Markup.Html("summary", null, Invariant($"{names.Length} logged values")), Markup.Html("div", "scroll", table));
    }

    private static XElement Cell(EpochRecord epoch, string name) => Markup.Html("td", "number", LoggedValue.Find(epoch.Values, name) is { } value ? Markup.Number(value) : "–");

    private static string Duration(TimeSpan time) => time.TotalHours >= 1 ? Invariant($"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? Invariant($"{time.Minutes} min {time.Seconds} s")
        : time.TotalSeconds >= 1 ? Invariant($"{time.TotalSeconds:0.0} s") : Invariant($"{time.TotalMilliseconds:0} ms");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
