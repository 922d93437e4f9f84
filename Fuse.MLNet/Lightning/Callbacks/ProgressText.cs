using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Writes the lines of a <see cref="ProgressBar"/>.</summary>
internal static class ProgressText
{
    private const string Losses = ".losses.";

    public static string OfBatch(TrainingContext context, int barLength, double rate, TimeSpan? left)
    {
        double fraction = context.EpochFraction;
        int full = (int)(fraction * barLength);
        string bar = fraction > 0 ? Invariant($" [{new string('#', full)}{new string('.', barLength - full)}] {fraction * 100,3:0}%") : "";
        string losses = string.Concat(context.StepValues.Where(value => value.Key.Contains(Losses, StringComparison.Ordinal))
            .Select(value => Invariant($", {value.Key[(value.Key.IndexOf(Losses, StringComparison.Ordinal) + Losses.Length)..]} {value.Value:0.0000}")));
        string rest = left is { } time ? $", {Text(time)} left" : "";
        return Invariant($"epoch {context.EpochsDone + 1}/{context.MaxEpochs}{bar} batch {context.BatchesDone}{losses}, {rate:0.0} batches/s{rest}");
    }

    public static string OfValidation(TrainingContext context, int batches) => Invariant($"epoch {context.EpochsDone + 1}/{context.MaxEpochs} validation batch {batches}");

    /// <summary>Writes a time as 0:07, 12:34 or 1:02:03.</summary>
    internal static string Text(TimeSpan time) => time.TotalHours >= 1
        ? Invariant($"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}") : Invariant($"{time.Minutes}:{time.Seconds:00}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
