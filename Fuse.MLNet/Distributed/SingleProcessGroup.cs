namespace Fuse.MLNet;

/// <summary>Is the group of a process that trains alone.</summary>
internal sealed class SingleProcessGroup : IProcessGroup
{
    public static SingleProcessGroup Instance { get; } = new();

    public int Rank => 0;

    public int Size => 1;

    public void AllReduceSum(Span<float> values)
    {
    }

    public void AllReduceSum(Span<double> values)
    {
    }

    public void AllReduceMax(Span<int> values)
    {
    }

    public void Broadcast(Span<byte> values, int root)
    {
    }

    public void AllGather(ReadOnlySpan<byte> values, Span<byte> gathered) => values.CopyTo(gathered);

    public void Barrier()
    {
    }
}
