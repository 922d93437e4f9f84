namespace Fuse.MLNet;

/// <summary>Exchanges numbers between the processes that train together.</summary>
/// <remarks>
/// Every process makes the same calls in the same order, with spans of the same lengths; each call returns when its part is done. PyTorch's <c>ProcessGroup</c>.
/// The library's own works over MPI; <see cref="TrainingStrategy.Of"/> takes one over another transport. Sums must come out the same, to the bit, in every process. Preview.
/// </remarks>
public interface IProcessGroup
{
    /// <summary>Gets the place of this process among them, from 0.</summary>
    int Rank { get; }

    /// <summary>Gets the number of processes.</summary>
    int Size { get; }

    /// <summary>Replaces each value by its sum over the processes.</summary>
    /// <param name="values">This process's values.</param>
    void AllReduceSum(Span<float> values);

    /// <summary>Replaces each value by its sum over the processes.</summary>
    /// <param name="values">This process's values.</param>
    void AllReduceSum(Span<double> values);

    /// <summary>Replaces each value by the largest of the processes.</summary>
    /// <param name="values">This process's values.</param>
    void AllReduceMax(Span<int> values);

    /// <summary>Copies one process's bytes to all.</summary>
    /// <param name="values">The bytes of the root; room for them elsewhere.</param>
    /// <param name="root">The rank of the process that has them.</param>
    void Broadcast(Span<byte> values, int root);

    /// <summary>Puts the bytes of all processes behind each other, in the order of their ranks, in every process.</summary>
    /// <param name="values">This process's bytes.</param>
    /// <param name="gathered">Room for <see cref="Size"/> times as many.</param>
    void AllGather(ReadOnlySpan<byte> values, Span<byte> gathered);

    /// <summary>Waits until every process has come here.</summary>
    void Barrier();
}
