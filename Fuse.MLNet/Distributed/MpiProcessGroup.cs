using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Is the group of the processes that an MPI launcher started.</summary>
internal sealed class MpiProcessGroup : IProcessGroup
{
    private const int Serialized = 2;
    private const int Multiple = 3;
    private static readonly Lazy<MpiProcessGroup> Shared = new(() => new MpiProcessGroup());
    private readonly MpiLibrary _mpi;
    private readonly nint _communicator;
    // The library may be called by one thread at a time.
    private readonly Lock _gate = new();

    private MpiProcessGroup()
    {
        using var signals = new SignalHandlers();
        _mpi = MpiLibrary.Load(MpiLaunch.Libraries);
        int isInitialized = 0;
        _mpi.Initialized(ref isInitialized);
        int threads = 0;
        if (isInitialized == 0)
        {
            FreedMemory.Keep();
            _mpi.InitThread(0, 0, Multiple, ref threads);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => End();
        }
        else
        {
            _mpi.QueryThread(ref threads);
        }
        if (threads < Serialized)
            throw MLNetErrors.Mark(new NotSupportedException($"{_mpi.Version} lets only one thread call it (level {threads}), and training may run on any: it must give MPI_THREAD_SERIALIZED or more."));
        // One of its own, so that what the program sends itself does not meet ours.
        nint own = 0;
        _mpi.CommDuplicate(_mpi.Constants.World, ref own);
        _communicator = own;
        (int rank, int size) = (0, 0);
        _mpi.CommRank(own, ref rank);
        _mpi.CommSize(own, ref size);
        (Rank, Size) = (rank, size);
        if (MpiLaunch.Size is > 0 and var launched && launched != size)
        {
            throw MLNetErrors.Mark(new InvalidOperationException($"The launcher started {launched} processes, but the library '{_mpi.Name}' ({_mpi.Version}) sees {size}: it is another MPI's than the launcher. " +
                $"Name the launcher's library by the environment variable {MpiLaunch.LibraryVariable}."));
        }
    }

    /// <summary>Gets the group, which is one for the process; the library is loaded and started at the first time.</summary>
    public static MpiProcessGroup Instance => Shared.Value;

    public int Rank { get; }

    public int Size { get; }

    public void AllReduceSum(Span<float> values) => Reduce(MemoryMarshal.AsBytes(values), values.Length, _mpi.Constants.Float, _mpi.Constants.Sum);

    public void AllReduceSum(Span<double> values) => Reduce(MemoryMarshal.AsBytes(values), values.Length, _mpi.Constants.Double, _mpi.Constants.Sum);

    public void AllReduceMax(Span<int> values) => Reduce(MemoryMarshal.AsBytes(values), values.Length, _mpi.Constants.Int, _mpi.Constants.Max);

    public void Broadcast(Span<byte> values, int root)
    {
        lock (_gate)
            _mpi.Bcast(ref MemoryMarshal.GetReference(values), values.Length, _mpi.Constants.Byte, root, _communicator);
    }

    public void AllGather(ReadOnlySpan<byte> values, Span<byte> gathered)
    {
        lock (_gate)
        {
            _mpi.Allgather(ref MemoryMarshal.GetReference(values), values.Length, _mpi.Constants.Byte, ref MemoryMarshal.GetReference(gathered), values.Length,
                _mpi.Constants.Byte, _communicator);
        }
    }

    public void Barrier()
    {
        lock (_gate)
            _mpi.Barrier(_communicator);
    }

    private void Reduce(Span<byte> values, int count, nint type, nint operation)
    {
        lock (_gate)
            _mpi.Allreduce(_mpi.Constants.InPlace, ref MemoryMarshal.GetReference(values), count, type, operation, _communicator);
    }

    // Without it the launcher takes the end of a process for a failure.
    private void End()
    {
        int isFinalized = 0;
        _mpi.Finalized(ref isFinalized);
        if (isFinalized == 0)
            _mpi.FinalizeAll();
    }
}
