namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Gathers times of two sides, taken by turns, until the ratio of their medians is known to a few percent.</summary>
/// <param name="runs">The least number of runs of each side.</param>
internal sealed class Timings(int runs)
{
    private const double Narrow = 0.02;
    private const int Patience = 4;
    private const double PatienceMilliseconds = 20_000;
    private const int FewestForSpread = 5;
    private const int Resamples = 1000;
    private readonly List<double> _ours = [];
    private readonly List<double> _theirs = [];

    /// <summary>Gets whether there are enough runs, or so many that more will not help.</summary>
    public bool IsEnough => Count >= runs && (Spread <= Narrow || (Count >= Patience * runs && (_ours.Sum() + _theirs.Sum() >= PatienceMilliseconds || runs == 1)));

    /// <summary>Gets the number of runs of each side.</summary>
    public int Count => _ours.Count;

    /// <summary>Gets our median time over the peer's.</summary>
    public double Ratio => Ours / Theirs;

    /// <summary>Gets our median time, in milliseconds.</summary>
    public double Ours => Stopwatches.Median(_ours);

    /// <summary>Gets the peer's median time, in milliseconds.</summary>
    public double Theirs => Stopwatches.Median(_theirs);

    /// <summary>
    /// Gets how far the ratio may be off, as a part of it: half of the interval that holds 95 % of the ratios of the runs drawn anew with replacement (bootstrap); null for
    /// too few runs. Because runs end when it is small it is a little smaller than it should be.
    /// </summary>
    public double? Spread
    {
        get
        {
            if (Count < FewestForSpread)
                return null;
            var random = new Random(Count);
            double[] ratios = [.. Enumerable.Range(0, Resamples).Select(_ => Resampled(random)).Order()];
            return (ratios[(int)(0.975 * Resamples)] - ratios[(int)(0.025 * Resamples)]) / 2 / Ratio;
        }
    }

    /// <summary>Adds a run of both sides.</summary>
    public void Add(double ours, double theirs)
    {
        _ours.Add(ours);
        _theirs.Add(theirs);
    }

    /// <summary>Gets whether the ratio is not known well enough.</summary>
    public bool IsNoisy => Spread is not <= Narrow;

    private double Resampled(Random random)
    {
        int[] picks = [.. Enumerable.Range(0, Count).Select(_ => random.Next(Count))];
        return Stopwatches.Median([.. picks.Select(pick => _ours[pick])]) / Stopwatches.Median([.. picks.Select(pick => _theirs[pick])]);
    }

    /// <summary>Makes the line of the table.</summary>
    public Measured Measured(string work, string peer, double bar) => new(work, peer, Ratio, bar, Count, Ours) { Spread = Spread, IsNoisy = IsNoisy };
}
