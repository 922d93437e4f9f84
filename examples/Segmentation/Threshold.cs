namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Segments by brightness alone, to show what a network has to beat.</summary>
public static class Threshold
{
    private const int Levels = 256;

    /// <summary>Gets the Dice score of the brighter pixels, as Otsu's method parts them from the darker ones, or of the darker ones if that is higher.</summary>
    /// <param name="pixels">The grey values.</param>
    /// <param name="isForeground">Whether each pixel belongs to what is looked for.</param>
    /// <remarks>Otsu, "A threshold selection method from gray-level histograms", 1979: the level that gives the largest variance between both sides.</remarks>
    public static double OtsuDice(ReadOnlySpan<byte> pixels, ReadOnlySpan<bool> isForeground)
    {
        (long[] all, long[] foreground) = Histograms(pixels, isForeground);
        return DiceAt(all, foreground, Otsu(all));
    }

    /// <summary>Gets the highest Dice score that any level reaches; it is found by the truth, so no method that parts by brightness is better.</summary>
    /// <param name="pixels">The grey values.</param>
    /// <param name="isForeground">Whether each pixel belongs to what is looked for.</param>
    public static double BestDice(ReadOnlySpan<byte> pixels, ReadOnlySpan<bool> isForeground)
    {
        (long[] all, long[] foreground) = Histograms(pixels, isForeground);
        return Enumerable.Range(0, Levels).Max(level => DiceAt(all, foreground, level));
    }

    /// <summary>Gets the highest level of the darker side.</summary>
    private static int Otsu(long[] all)
    {
        double count = all.Sum();
        double sum = all.Select((number, level) => (double)number * level).Sum();
        (int best, double bestVariance, double below, double sumBelow) = (0, -1, 0, 0);
        for (int level = 0; level < Levels - 1; level++)
        {
            below += all[level];
            sumBelow += (double)all[level] * level;
            if (below == 0 || below == count)
                continue;
            double distance = ((sum - sumBelow) / (count - below)) - (sumBelow / below);
            double variance = below * (count - below) * distance * distance;
            if (variance > bestVariance)
                (best, bestVariance) = (level, variance);
        }
        return best;
    }

    private static double DiceAt(long[] all, long[] foreground, int level)
    {
        double truth = foreground.Sum();
        double found = all.Skip(level + 1).Sum();
        double both = foreground.Skip(level + 1).Sum();
        return Math.Max(Dice(both, found, truth), Dice(truth - both, all.Sum() - found, truth));
    }

    private static double Dice(double both, double found, double truth) => found + truth == 0 ? 1 : 2 * both / (found + truth);

    private static (long[] All, long[] Foreground) Histograms(ReadOnlySpan<byte> pixels, ReadOnlySpan<bool> isForeground)
    {
        (long[] all, long[] foreground) = (new long[Levels], new long[Levels]);
        for (int at = 0; at < pixels.Length; at++)
        {
            all[pixels[at]]++;
            if (isForeground[at])
                foreground[pixels[at]]++;
        }
        return (all, foreground);
    }
}
