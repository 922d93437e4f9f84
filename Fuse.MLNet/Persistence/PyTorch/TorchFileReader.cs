using System.IO.Compression;

namespace Fuse.MLNet;

/// <summary>Reads the state dict of a file that <c>torch.save</c> wrote (PyTorch 1.6 and later: an archive of a pickle and plain values), running nothing of it.</summary>
/// <remarks>Format: pytorch.org/docs/stable/notes/serialization.html. Every length is checked against the file before memory is taken; one storage is held at a time.</remarks>
internal sealed class TorchFileReader : IWeightsReader
{
    private const string Pickle = "data.pkl";
    private const long MaxPickleBytes = 1 << 26;
    private const int ChunkElements = 1 << 24;
    private static readonly string[] UsualKeys = ["state_dict", "model_state_dict", "model"];
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly string _source;
    private readonly string _root = "";

    /// <summary>Reads and checks the pickle of a PyTorch file.</summary>
    /// <param name="stream">A seekable stream of the whole file; it stays open and belongs to the caller.</param>
    /// <param name="source">The name to use in error messages.</param>
    /// <exception cref="InvalidDataException">The file is not valid, holds no state dict, or could only be read by running code.</exception>
    public TorchFileReader(Stream stream, string source)
    {
        _source = source;
        try
        {
            foreach (ZipArchiveEntry entry in new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true).Entries)
                if (!_entries.TryAdd(entry.FullName, entry))
                    throw new InvalidDataException($"it has the entry '{entry.FullName}' twice");
            string pickle = _entries.Keys.FirstOrDefault(name => name.EndsWith("/" + Pickle, StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1)
                ?? throw new InvalidDataException($"it has no {Pickle}, which torch.save writes");
            _root = pickle[..^Pickle.Length];
            if (_entries.TryGetValue(_root + "byteorder", out ZipArchiveEntry? order) && !Bytes(order).AsSpan().SequenceEqual("little"u8))
                throw new InvalidDataException("its values are big-endian; save it on a little-endian machine");
            // The usual keys first: beside them a checkpoint may have other tensors, such as its best accuracy.
            var value = new PickleReader(Bytes(_entries[pickle])).Read() as PickleDict;
            Tensors = UsualKeys.Select(key => value?.Find(key) as PickleDict).Append(value).Select(dict => dict?.Tensors() ?? []).FirstOrDefault(tensors => tensors.Count > 0)
                ?? throw new InvalidDataException($"it has no state dict, neither by itself nor under {string.Join(", ", UsualKeys)}");
            foreach (TorchTensor tensor in Tensors.Values)
                CheckStorage(tensor.Storage);
        }
        catch (Exception error) when (IsOfTheFile(error))
        {
            throw Invalid(error);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Tells by its first bytes whether a file is an archive, and refuses what PyTorch wrote before version 1.6.</summary>
    public static bool CanRead(Stream stream, string source)
    {
        Span<byte> start = stackalloc byte[8];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        // A pickle begins with 0x80 and its protocol; so may a safetensors file, but the higher bytes of its header's length are 0.
        if (start.Length == 8 && start[0] == 0x80 && start[1] <= 5 && start[4..].ContainsAnyExcept((byte)0))
            throw Invalid(source, "it is a pickle without an archive, as PyTorch wrote before version 1.6");
        return start.StartsWith("PK\u0003\u0004"u8);
    }

    /// <inheritdoc/>
    public void CopyTo(IEnumerable<KeyValuePair<string, Tensor>> targets)
    {
        using var noGrad = no_grad();
        foreach (var group in targets.Select(target => (Stored: (TorchTensor)Tensors[target.Key], Target: target.Value)).Where(pair => pair.Target.numel() > 0).GroupBy(pair => pair.Stored.Storage))
        {
            using var scope = NewDisposeScope();
            Tensor values = Values(group.Key);
            foreach ((TorchTensor stored, Tensor target) in group)
                target.copy_(values.as_strided(stored.Shape, stored.Strides, stored.Offset));
        }
    }

    private Tensor Values(TorchStorage storage)
    {
        try
        {
            using Stream stream = Entry(storage).Open();
            Tensor values = empty(storage.Count, storage.DType, CPU);
            for (long start = 0; start < storage.Count; start += ChunkElements)
                stream.ReadExactly(values.narrow(0, start, Math.Min(ChunkElements, storage.Count - start)).bytes);
            return values;
        }
        catch (Exception error) when (IsOfTheFile(error))
        {
            throw Invalid(error);
        }
    }

    private ZipArchiveEntry Entry(TorchStorage storage) => _entries.GetValueOrDefault($"{_root}data/{storage.Key}")
        ?? throw new InvalidDataException($"it has no values for its storage '{storage.Key}'");

    private void CheckStorage(TorchStorage storage)
    {
        ZipArchiveEntry entry = Entry(storage);
        if ((Int128)storage.Count * SafetensorsDType.SizeOf(storage.DType) != Stored(entry).Length)
            throw new InvalidDataException($"its storage '{storage.Key}' has {entry.Length} bytes, which are not {storage.Count} values of type {storage.DType}");
    }

    // torch.save stores everything as it is; so what an entry claims to hold is never more than what the file has.
    private static ZipArchiveEntry Stored(ZipArchiveEntry entry) => entry.CompressedLength == entry.Length ? entry
        : throw new InvalidDataException($"its entry '{entry.FullName}' is compressed, which torch.save does not do");

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        if (Stored(entry).Length > MaxPickleBytes)
            throw new InvalidDataException($"its entry '{entry.FullName}' has {entry.Length} bytes, too many for names and shapes");
        using Stream stream = entry.Open();
        byte[] bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static bool IsOfTheFile(Exception error) => error is InvalidDataException or IOException or ArgumentException or NotSupportedException or OverflowException;

    private InvalidDataException Invalid(Exception error) => Invalid(_source, error.Message.TrimEnd('.'), error);

    private static InvalidDataException Invalid(string source, string why, Exception? error = null) => new($"{source} cannot be read as a PyTorch state dict: {why}. " +
        "In Python, write it again: safetensors.torch.save_file(model.state_dict(), \"weights.safetensors\").", error);
}
