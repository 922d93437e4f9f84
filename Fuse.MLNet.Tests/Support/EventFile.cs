using System.Buffers.Binary;
using System.Numerics;
using Tensorboard;

namespace Fuse.MLNet.Tests;

/// <summary>Reads TensorBoard's event files: records of a length, its checksum, the bytes and their checksum (TFRecord).</summary>
internal static class EventFile
{
    /// <summary>Reads every scalar of a folder's files, file by file.</summary>
    public static (string Tag, long Step, float Value)[] Scalars(string folder) =>
    [
        .. Directory.GetFiles(folder, "events.out.tfevents.*").Order(StringComparer.Ordinal).SelectMany(Events)
            .Where(read => read.Summary is not null).SelectMany(read => read.Summary.Value.Select(value => (value.Tag, read.Step, value.SimpleValue))),
    ];

    /// <summary>Reads the events of a file, checking both checksums of each.</summary>
    public static IEnumerable<Event> Events(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Check(bytes.AsSpan(at, 8), bytes.AsSpan(at + 8));
            Check(bytes.AsSpan(at + 12, length), bytes.AsSpan(at + 12 + length));
            yield return Event.Parser.ParseFrom(bytes, at + 12, length);
            at += length + 16;
        }
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> sum)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
            crc = BitOperations.Crc32C(crc, value);
        Assert.AreEqual(BitOperations.RotateRight(~crc, 15) + 0xA282EAD8, BinaryPrimitives.ReadUInt32LittleEndian(sum));
    }
}
