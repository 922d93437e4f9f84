using System.Diagnostics;

namespace Fuse.MLNet;

/// <summary>Lets the processes of a run meet now and then while each validates on its own, so that all stop at the same batch when one wants to.</summary>
/// <remarks>They meet as often as takes little of their time: after a batch that takes long, else after several.</remarks>
internal sealed class ValidationPace(RankAgreement ranks)
{
    private const int ShortMilliseconds = 20;
    private const int LongMilliseconds = 100;
    private int _interval = 1;
    private int _left = 1;
    private long _start = Stopwatch.GetTimestamp();

    /// <summary>Gets whether the processes meet before the next batch.</summary>
    public bool IsDue => _left == 0 && !ranks.IsAlone;

    /// <summary>Takes note of a batch.</summary>
    public void Count() => _left = Math.Max(0, _left - 1);

    /// <summary>Meets the others.</summary>
    /// <param name="hasMore">Whether this process has more batches.</param>
    /// <returns>Whether none has.</returns>
    public bool Meet(bool hasMore)
    {
        int took = (int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(_start).TotalMilliseconds);
        RankRound round = ranks.Meet(hasMore ? RankOperation.Validation : RankOperation.Idle, hasMore ? took : 0);
        _interval = round.Length < ShortMilliseconds ? Math.Min(_interval * 2, int.MaxValue / 4) : round.Length > LongMilliseconds ? Math.Max(1, _interval / 2) : _interval;
        (_left, _start) = (_interval, Stopwatch.GetTimestamp());
        return round.Operation == RankOperation.Idle;
    }
}
