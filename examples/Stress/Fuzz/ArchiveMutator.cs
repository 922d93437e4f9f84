using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates the archive around Fuse's entries.</summary>
internal static class ArchiveMutator
{
    private const int BombBytes = 200 << 20;
    // Signatures and offsets of a zip's local header and of its central directory's.
    private static readonly byte[] Local = [0x50, 0x4B, 0x03, 0x04], Central = [0x50, 0x4B, 0x01, 0x02];
    private static readonly uint[] Lies = [0, 1, 1000, 1 << 26, 1 << 30, int.MaxValue, uint.MaxValue - 1];
    private static readonly string[] Names = ["../../evil", "../evil.json", "/tmp/fuse-stress-evil", "..\\..\\evil", "C:\\evil", "model.json/../../evil", "con", "a\0b"];

    /// <summary>Mutates a file.</summary>
    public static Mutant Mutate(SampleFile file, SeededRandom random)
    {
        int[] own = file.OwnPlaces();
        int place = own[random.Below(own.Length)];
        (string name, byte[] bytes) = file.Entries[place];
        KeyValuePair<string, byte[]>[] entries = [.. file.Entries];
        long size = file.Size(place, bytes.Length);
        Mutant Made(string how, IEnumerable<KeyValuePair<string, byte[]>> changed) => new($"{file.Name}: {how} {name}", SampleFile.Pack(changed), size);
        switch (random.Below(200))
        {
            case 0:
                return new($"{file.Name}: zip bomb {name}", WithBomb(entries, place, random.Chance(0.5f) ? (byte)' ' : (byte)0), size);
            case < 20:
                return Made("removed", entries.Where((_, index) => index != place));
            case < 40:
                return new($"{file.Name}: twice {name}", SampleFile.Pack(entries.Append(KeyValuePair.Create(name, random.Chance(0.5f) ? bytes : ByteMutator.Mutate(bytes, random)))), size + bytes.Length + 4096);
            case < 70:
                string other = Names[random.Below(Names.Length)];
                string folder = name[..(name.LastIndexOf('/') + 1)];
                return Made($"renamed {other}", entries.Select((entry, index) => index == place ? KeyValuePair.Create(random.Chance(0.5f) ? folder + other : other, bytes) : entry));
            case < 80:
                return Made("beside evil names", entries.Concat(Names.Select(evil => KeyValuePair.Create(evil, new byte[8]))));
            case < 82:
                return Made("among many", entries.Concat(Enumerable.Range(0, 2000).Select(index => KeyValuePair.Create($"many/{index}", Array.Empty<byte>()))));
            case < 90:
                int second = own[random.Below(own.Length)];
                return Made("exchanged", entries.Select((entry, index) => index == place ? KeyValuePair.Create(name, file.Entries[second].Value) : entry));
            default:
                byte[] packed = SampleFile.Pack(entries);
                Lie(packed, name, random);
                return new($"{file.Name}: lies about {name}", packed, size);
        }
    }

    private static byte[] WithBomb(KeyValuePair<string, byte[]>[] entries, int place, byte value)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            for (int i = 0; i < entries.Length; i++)
            {
                using Stream data = archive.CreateEntry(entries[i].Key, CompressionLevel.Fastest).Open();
                byte[] chunk = new byte[1 << 20];
                chunk.AsSpan().Fill(value);
                for (int written = 0; i == place && written < BombBytes; written += chunk.Length)
                    data.Write(chunk);
                if (i != place)
                    data.Write(entries[i].Value);
            }
        return stream.ToArray();
    }

    /// <summary>Changes the check sum, a length or the offset of one entry, in one of its headers or both.</summary>
    private static void Lie(byte[] packed, string name, SeededRandom random)
    {
        int field = random.Below(4);
        uint lie = random.Chance(0.3f) ? (uint)random.NextBits() : Lies[random.Below(Lies.Length)];
        byte[] text = Encoding.UTF8.GetBytes(name);
        int which = random.Below(3);
        foreach ((byte[] signature, int nameAt, int[] fields) in new[] { (Local, 30, new[] { 14, 18, 22, 26 }), (Central, 46, new[] { 16, 20, 24, 42 }) })
        {
            if (which == (signature == Local ? 0 : 1))
                continue;
            for (int at = 0; (at = Find(packed, signature, at)) >= 0; at++)
                if (at + nameAt + text.Length <= packed.Length && packed.AsSpan(at + nameAt, text.Length).SequenceEqual(text))
                    BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(at + fields[field]), lie);
        }
    }

    private static int Find(byte[] bytes, byte[] what, int from)
    {
        int found = bytes.AsSpan(from).IndexOf(what);
        return found < 0 ? -1 : from + found;
    }
}
