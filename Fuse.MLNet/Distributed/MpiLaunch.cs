using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Tells by the environment whether a launcher of MPI started this process, without looking for a library.</summary>
internal static class MpiLaunch
{
    /// <summary>Names the file of the MPI library to use, in place of the system's.</summary>
    public const string LibraryVariable = "FUSE_MPI_LIBRARY";

    // Set by mpirun of Open MPI; by mpiexec of MPICH, Intel MPI and MS-MPI, and by srun --mpi=pmi2.
    private static readonly string[] SizeVariables = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"];

    // Set by srun --mpi=pmix, which leaves the number to the library.
    private const string PmixVariable = "PMIX_RANK";

    /// <summary>Gets the number of processes that a launcher started, 0 when it does not say, or null when none did.</summary>
    public static int? Size => SizeVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is not null) is { } text
        ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0
        : Environment.GetEnvironmentVariable(PmixVariable) is not null ? 0 : null;

    /// <summary>Gets whether the launcher is Open MPI's, whose library others cannot stand in for.</summary>
    public static bool IsOpenMpi => Environment.GetEnvironmentVariable(SizeVariables[0]) is not null;

    /// <summary>Gets the files to look for the library in, the likeliest first.</summary>
    public static IReadOnlyList<string> Libraries => Environment.GetEnvironmentVariable(LibraryVariable) is { Length: > 0 } path ? [path]
        : OperatingSystem.IsWindows() ? ["msmpi.dll", "impi.dll"]
        : OperatingSystem.IsMacOS() ? ["libmpi.40.dylib", "libmpi.12.dylib", "libmpi.dylib"]
        : IsOpenMpi ? ["libmpi.so.40", "libmpi.so.80", "libmpi.so"]
        : ["libmpi.so.12", "libmpich.so.12", "libmpi.so.40", "libmpi.so"];
}
