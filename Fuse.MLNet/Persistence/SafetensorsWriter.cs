using System.Buffers.Binary;
using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Writes named tensors in the safetensors format, which Python's safetensors library reads.</summary>
/// <remarks>Format: github.com/huggingface/safetensors. Data always stands as contiguous little-endian CPU values.</remarks>
internal static class SafetensorsWriter
{
    private const int ChunkElements = 1 << 24;

    /// <summary>Writes <paramref name="tensors"/> to <paramref name="stream"/>, which stays open, with text beside them in the header.</summary>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Widest elements first keeps every tensor aligned to its element size, as the reference implementation does.
        KeyValuePair<string, Tensor>[] ordered = [.. tensors
            .OrderByDescending(entry => SafetensorsDType.SizeOf(entry.Value.dtype))
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in ordered)
            WriteValues(stream, tensor);
    }

    private static byte[] Header(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject(SafetensorsReader.MetadataName);
                foreach ((string name, string text) in metadata)
                    json.WriteString(name, text);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = offset + (tensor.numel() * SafetensorsDType.SizeOf(tensor.dtype));
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsDType.NameOf(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteValues(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor flat = tensor.detach().cpu().contiguous().flatten();
        for (long start = 0; start < flat.numel(); start += ChunkElements)
        {
            using Tensor chunk = flat.narrow(0, start, Math.Min(ChunkElements, flat.numel() - start));
            stream.Write(chunk.bytes);
        }
    }
}
