using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates safetensors: the length of its header, the header's JSON, and the data.</summary>
internal static class SafetensorsMutator
{
    private const string State = "fuse_mlnet_train_state";
    private const string Metadata = "__metadata__";
    private static readonly ulong[] Lengths = [0, 1, 7, 100_000_000, 100_000_001, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue];

    /// <summary>Mutates a copy of a file.</summary>
    public static byte[] Mutate(byte[] file, SeededRandom random)
    {
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        byte[] header = file[8..(8 + length)], data = file[(8 + length)..];
        return random.Below(10) switch
        {
            0 => ByteMutator.Mutate(file, random),
            1 => [.. Bytes(random.Chance(0.5f) ? Lengths[random.Below(Lengths.Length)] : (ulong)(length + random.Below(33) - 16)), .. header, .. data],
            2 => Join(header, ByteMutator.Mutate(data, random)),
            3 => Join(header, NotNumbers(data, random)),
            4 => Join([.. header, .. Enumerable.Repeat((byte)' ', 1 << random.Below(22))], data),
            5 => Join(header, [.. data, .. new byte[1 << random.Below(20)]]),
            6 or 7 when Encoding.UTF8.GetString(header).Contains(State, StringComparison.Ordinal) => Join(WithState(header, random), data),
            _ => Join(JsonMutator.Mutate(header, random), data),
        };
    }

    private static byte[] Join(byte[] header, byte[] data) => [.. Bytes((ulong)header.Length), .. header, .. data];

    private static byte[] Bytes(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] NotNumbers(byte[] data, SeededRandom random)
    {
        byte[] changed = [.. data];
        for (int left = 1 + random.Below(8); left > 0 && data.Length >= 4; left--)
            BinaryPrimitives.WriteSingleLittleEndian(changed.AsSpan(random.Below(data.Length / 4) * 4), random.Below(4) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.MaxValue, _ => float.Epsilon });
        return changed;
    }

    /// <summary>Mutates the state of the run, which is JSON within a text of the header.</summary>
    private static byte[] WithState(byte[] header, SeededRandom random)
    {
        JsonNode root = JsonNode.Parse(header)!;
        string state = root[Metadata]![State]!.GetValue<string>();
        root[Metadata]![State] = Encoding.UTF8.GetString(JsonMutator.Mutate(Encoding.UTF8.GetBytes(state), random));
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
