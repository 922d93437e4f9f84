using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Reads a transformer's own entries from ML.NET's model file.</summary>
internal sealed class ModelArchiveReader(ModelLoadContext context)
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="InvalidDataException">The entry is missing.</exception>
    public T Read<T>(string name, Func<Stream, T> read)
    {
        T? result = default;
        return context.TryLoadBinaryStream(name, reader => result = read(reader.BaseStream)) ? result!
            : throw new InvalidDataException($"The model file has no entry '{name}': it is incomplete.");
    }

    /// <summary>Reads an entry whole.</summary>
    /// <exception cref="InvalidDataException">The entry is missing.</exception>
    public byte[] ReadBytes(string name) => Read(name, stream =>
    {
        if (stream.Length > Array.MaxLength)
            throw new InvalidDataException($"The model file's {name} has {stream.Length} bytes, more than can be read.");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });
}
