namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is one line of the table: the same work done by this library and by a peer.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Peer">Who else does it.</param>
/// <param name="Bar">The largest ratio of times that is aimed at.</param>
/// <param name="Ours">Does the work with this library, and gives the milliseconds that it took.</param>
/// <param name="Theirs">Does the work as the peer does, and gives the milliseconds that it took.</param>
internal sealed record Comparison(string Work, string Peer, double Bar, Func<double> Ours, Func<double> Theirs)
{
    /// <summary>Compares two actions.</summary>
    public static Comparison Of(string work, string peer, double bar, Action ours, Action theirs) => new(work, peer, bar, () => Stopwatches.Time(ours), () => Stopwatches.Time(theirs));
}
