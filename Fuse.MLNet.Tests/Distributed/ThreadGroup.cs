namespace Fuse.MLNet.Tests;

/// <summary>Joins the threads of one process, as MPI joins processes.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Barrier _barrier;
    private readonly Array[] _given;

    private ThreadGroup(int rank, Barrier barrier, Array[] given) => (Rank, _barrier, _given) = (rank, barrier, given);

    public int Rank { get; }

    public int Size => _given.Length;

    public static ThreadGroup[] Of(int size)
    {
        var barrier = new Barrier(size);
        var given = new Array[size];
        return [.. Enumerable.Range(0, size).Select(rank => new ThreadGroup(rank, barrier, given))];
    }

    public void AllReduceSum(Span<float> values) => Exchange(values, (all, place) => all.Sum(one => one[place]));

    public void AllReduceSum(Span<double> values) => Exchange(values, (all, place) => all.Sum(one => one[place]));

    public void AllReduceMax(Span<int> values) => Exchange(values, (all, place) => all.Max(one => one[place]));

    public void Broadcast(Span<byte> values, int root) => Exchange(values, (all, place) => all[root][place]);

    public void AllGather(ReadOnlySpan<byte> values, Span<byte> gathered)
    {
        _given[Rank] = values.ToArray();
        Meet();
        for (int rank = 0; rank < Size; rank++)
            ((byte[])_given[rank]).CopyTo(gathered[(rank * values.Length)..]);
        Meet();
    }

    public void Barrier() => Meet();

    private void Exchange<T>(Span<T> values, Func<T[][], int, T> result)
    {
        _given[Rank] = values.ToArray();
        Meet();
        T[][] all = [.. _given.Cast<T[]>()];
        for (int i = 0; i < values.Length; i++)
            values[i] = result(all, i);
        Meet();
    }

    private void Meet()
    {
        if (!_barrier.SignalAndWait(Longest))
            throw new TimeoutException("Another process did not come.");
    }
}
