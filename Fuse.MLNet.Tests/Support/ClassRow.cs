using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row of one of three classes, given in every type that can hold a class.</summary>
internal sealed class ClassRow
{
    public float Id { get; set; }

    public int Class { get; set; }

    [KeyType(3)]
    public uint Key { get; set; }

    [KeyType(4)]
    public uint FourKeys { get; set; }

    public byte Byte { get; set; }

    public float Number { get; set; }

    public float Half { get; set; }

    public bool Boolean { get; set; }

    [VectorType(2)]
    public float[] Pair { get; set; } = [0, 0];

    /// <summary>Makes rows: so many of each class, one class after the other.</summary>
    public static ClassRow[] Of(params int[] counts) =>
    [
        .. counts.SelectMany((count, index) => Enumerable.Repeat(index, count)).Select((index, id) => new ClassRow
        {
            Id = id, Class = index, Key = (uint)index, FourKeys = (uint)index, Byte = (byte)index, Number = index, Half = index / 2f, Boolean = index == 1,
        }),
    ];
}
