using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Holds what <c>mpi.h</c> names, as an MPI library's binary interface has it.</summary>
/// <param name="World">The communicator of all processes.</param>
/// <param name="Float">The type of Single.</param>
/// <param name="Double">The type of Double.</param>
/// <param name="Int">The type of Int32.</param>
/// <param name="Byte">The type of Byte.</param>
/// <param name="Sum">The operation that adds.</param>
/// <param name="Max">The operation that takes the largest.</param>
/// <param name="InPlace">Stands for a send buffer that is the receive buffer.</param>
internal sealed record MpiConstants(nint World, nint Float, nint Double, nint Int, nint Byte, nint Sum, nint Max, nint InPlace)
{
    /// <summary>Gets those of a library: Open MPI's handles are addresses that it exports; MPICH's, which Intel MPI and MS-MPI share, are numbers.</summary>
    public static MpiConstants Of(nint library) => NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world)
        ? new(world, Address(library, "ompi_mpi_float"), Address(library, "ompi_mpi_double"), Address(library, "ompi_mpi_int"), Address(library, "ompi_mpi_byte"),
            Address(library, "ompi_mpi_op_sum"), Address(library, "ompi_mpi_op_max"), 1)
        : new(0x44000000, 0x4c00040a, 0x4c00080b, 0x4c000405, 0x4c00010d, 0x58000003, 0x58000001, -1);

    private static nint Address(nint library, string name) => NativeLibrary.GetExport(library, name);
}
