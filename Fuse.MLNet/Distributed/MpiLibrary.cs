using System.Runtime.InteropServices;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Calls the system's MPI library: the few functions that training needs, by their standard names.</summary>
/// <remarks>MPI 3.1. Errors of its functions end the process with a message of the library's, as MPI does by default.</remarks>
internal sealed class MpiLibrary
{
    private const int LongestVersion = 8192;
    private readonly nint _library;

    private MpiLibrary(nint library, string name)
    {
        _library = library;
        Name = name;
        Constants = MpiConstants.Of(library);
        Initialized = Function<Flag>("MPI_Initialized");
        Finalized = Function<Flag>("MPI_Finalized");
        InitThread = Function<Init>("MPI_Init_thread");
        QueryThread = Function<Flag>("MPI_Query_thread");
        FinalizeAll = Function<Act>("MPI_Finalize");
        CommRank = Function<Ask>("MPI_Comm_rank");
        CommSize = Function<Ask>("MPI_Comm_size");
        CommDuplicate = Function<Duplicate>("MPI_Comm_dup");
        Allreduce = Function<Reduce>("MPI_Allreduce");
        Bcast = Function<Cast>("MPI_Bcast");
        Allgather = Function<Gather>("MPI_Allgather");
        Barrier = Function<Wait>("MPI_Barrier");
    }

    public delegate int Act();

    public delegate int Flag(ref int value);

    public delegate int Init(nint argc, nint argv, int required, ref int provided);

    public delegate int Ask(nint communicator, ref int value);

    public delegate int Duplicate(nint communicator, ref nint copy);

    public delegate int Reduce(nint send, ref byte receive, int count, nint type, nint operation, nint communicator);

    public delegate int Cast(ref byte values, int count, nint type, int root, nint communicator);

    public delegate int Gather(ref byte send, int sendCount, nint sendType, ref byte receive, int receiveCount, nint receiveType, nint communicator);

    public delegate int Wait(nint communicator);

    private delegate int Describe(ref byte text, ref int length);

    /// <summary>Gets the name by which the library was found.</summary>
    public string Name { get; }

    public MpiConstants Constants { get; }

    public Flag Initialized { get; }

    public Flag Finalized { get; }

    public Init InitThread { get; }

    public Flag QueryThread { get; }

    public Act FinalizeAll { get; }

    public Ask CommRank { get; }

    public Ask CommSize { get; }

    public Duplicate CommDuplicate { get; }

    public Reduce Allreduce { get; }

    public Cast Bcast { get; }

    public Gather Allgather { get; }

    public Wait Barrier { get; }

    /// <summary>Gets the library's own name and version, its first line.</summary>
    public string Version
    {
        get
        {
            byte[] text = new byte[LongestVersion];
            int length = 0;
            Function<Describe>("MPI_Get_library_version")(ref text[0], ref length);
            return Encoding.UTF8.GetString(text, 0, Math.Clamp(length, 0, text.Length)).Split('\n', ',')[0].Replace('\t', ' ').Trim();
        }
    }

    /// <summary>Loads the first of some libraries that is there.</summary>
    /// <exception cref="DllNotFoundException">None is.</exception>
    public static MpiLibrary Load(IReadOnlyList<string> names)
    {
        foreach (string name in names)
            if (NativeLibrary.TryLoad(name, out nint library))
                return new(library, name);
        throw MLNetErrors.Mark(new DllNotFoundException($"Training over MPI needs an MPI library, and none of {string.Join(", ", names)} was found. " +
            $"Install one, on Debian and Ubuntu by 'apt-get install openmpi-bin', on Windows MS-MPI, or name its file by the environment variable {MpiLaunch.LibraryVariable}."));
    }

    private T Function<T>(string name)
        where T : Delegate => NativeLibrary.TryGetExport(_library, name, out nint address) ? Marshal.GetDelegateForFunctionPointer<T>(address)
        : throw MLNetErrors.Mark(new EntryPointNotFoundException($"The library '{Name}' has no function {name}, so it is no MPI library that can be used. Name another by the environment variable {MpiLaunch.LibraryVariable}."));
}
