using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row with a column of each type that has a tensor form.</summary>
/// <remarks>ML.NET counts scalar keys in classes from 0, with values out of range for missing, and keys in vectors from 1, with 0 for missing.</remarks>
internal sealed class TypedRow
{
    public float Target { get; set; }

    public float Single { get; set; }

    public double Double { get; set; }

    public sbyte SByte { get; set; }

    public byte Byte { get; set; }

    public short Int16 { get; set; }

    public ushort UInt16 { get; set; }

    public int Int32 { get; set; }

    public uint UInt32 { get; set; }

    public long Int64 { get; set; }

    public ulong UInt64 { get; set; }

    public bool Boolean { get; set; }

    [KeyType(5)]
    public byte ByteKey { get; set; }

    [KeyType(5)]
    public uint Key { get; set; }

    [KeyType(5)]
    public ulong UInt64Key { get; set; }

    [VectorType(4)]
    public float[] Singles { get; set; } = [];

    [VectorType(4)]
    public double[] Doubles { get; set; } = [];

    [VectorType(4)]
    public byte[] Bytes { get; set; } = [];

    [VectorType(4)]
    public short[] Int16s { get; set; } = [];

    [VectorType(4)]
    public int[] Int32s { get; set; } = [];

    [VectorType(4)]
    public long[] Int64s { get; set; } = [];

    [VectorType(4)]
    public bool[] Booleans { get; set; } = [];

    [VectorType(4)]
    [KeyType(5)]
    public uint[] Keys { get; set; } = [];

    [VectorType(2, 2)]
    public float[] Matrix { get; set; } = [];

    [VectorType(4)]
    public VBuffer<float> Sparse { get; set; }

    [VectorType(4)]
    [KeyType(5)]
    public VBuffer<uint> SparseKeys { get; set; }
}
