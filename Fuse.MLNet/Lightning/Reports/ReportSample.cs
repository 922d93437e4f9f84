namespace Fuse.MLNet;

/// <summary>Is a row shown in a report.</summary>
/// <param name="Row">The row, from 0, among those with a target.</param>
/// <param name="Error">How wrong it is: what the true class lacks to probability 1, or the absolute error.</param>
/// <param name="Id">The row's id, or its number in the pass.</param>
/// <param name="Picture">The input as a PNG in Base64, or null when it is no picture.</param>
internal sealed record ReportSample(int Row, double Error, string Id, string? Picture)
{
    /// <summary>Writes the sample as a text for a checkpoint.</summary>
    public string Save() => FormattableString.Invariant($"{Row}\n{Error:R}\n{Picture}\n{Id}");

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ReportSample Load(string text)
    {
        string[] parts = text.Split('\n', 4);
        return new(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
            parts[3], parts[2].Length == 0 ? null : parts[2]);
    }
}
