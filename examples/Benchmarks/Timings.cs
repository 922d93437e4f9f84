namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Gathers times of two sides, taken by turns, until the ratio of their medians is known to a few percent.</summary>
/// <param name="runs">The least number of runs of each side.</param>
internal sealed class Timings(int runs)
{
    private const double Narrow = 0.02;
    private const int Patience = 4;
    private const double PatienceMilliseconds = 20_000;
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

    /// <summary>Gets how far the ratio may be off, as a part of it: half of the interval that holds the median of the runs' ratios with 95 % confidence, whatever their distribution.</summary>
    public double Spread
    {
        get
        {
            double[] ratios = [.. _ours.Zip(_theirs, (ours, theirs) => ours / theirs).Order()];
            int outside = (int)Math.Max(0, Math.Floor((Count - (1.96 * Math.Sqrt(Count))) / 2));
            return (ratios[^(outside + 1)] - ratios[outside]) / 2 / Stopwatches.Median(ratios);
        }
    }

    /// <summary>Adds a run of both sides.</summary>
    public void Add(double ours, double theirs)
    {
        _ours.Add(ours);
        _theirs.Add(theirs);
    }

    /// <summary>Makes the line of the table.</summary>
    public Measured Measured(string work, string peer, double bar) => new(work, peer, Ratio, bar, Count, Ours) { Spread = Spread };
}
