using System.Buffers.Binary;
using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Reads named tensors in the safetensors format, checking every name, type, shape and offset before any memory is taken for it.</summary>
internal sealed class SafetensorsReader : IWeightsReader
{
    /// <summary>The header's entry that holds text instead of a tensor.</summary>
    public const string MetadataName = "__metadata__";

    private const long MaxHeaderBytes = 100_000_000;
    private const int ChunkElements = 1 << 24;
    private readonly Stream _stream;
    private readonly string _source;
    private readonly long _dataStart;

    /// <summary>Reads and checks the header of a safetensors stream.</summary>
    /// <param name="stream">A seekable stream that stands at the start of the safetensors data.</param>
    /// <param name="source">The name to use in error messages.</param>
    /// <exception cref="InvalidDataException">The header is not valid, or does not describe the data that follows it.</exception>
    public SafetensorsReader(Stream stream, string source)
    {
        _stream = stream;
        _source = source;
        long available = stream.Length - stream.Position;
        Span<byte> prefix = stackalloc byte[8];
        if (available < prefix.Length)
            throw Invalid($"it has {available} bytes, too few for a header");
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        available -= prefix.Length;
        if (headerLength > (ulong)Math.Min(MaxHeaderBytes, available))
            throw Invalid($"its header claims {headerLength} bytes where {available} follow");
        byte[] header = new byte[headerLength];
        stream.ReadExactly(header);
        _dataStart = stream.Position;
        Entries = Parse(header, available - (long)headerLength);
    }

    /// <summary>Gets the tensors that the header lists, by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    IReadOnlyDictionary<string, StoredTensor> IWeightsReader.Tensors => Entries.ToDictionary(entry => entry.Key, entry => (StoredTensor)entry.Value);

    /// <summary>Gets the text beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private set; } = new Dictionary<string, string>();

    /// <summary>Copies the values into <paramref name="targets"/>, in place; names, types and shapes must be the same on both sides.</summary>
    /// <param name="targets">The tensors by name.</param>
    /// <param name="prefix">Where the names begin that are looked at; others in the file are left out.</param>
    /// <exception cref="InvalidDataException">A name is missing or unexpected, or a type or shape differs; nothing was copied then.</exception>
    public void CopyTo(IReadOnlyDictionary<string, Tensor> targets, string prefix = "")
    {
        string[] problems =
        [
            .. targets.Keys.Where(name => !Entries.ContainsKey(name)).Select(name => $"'{Excerpt.Of(name)}' is missing"),
            .. Entries.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !targets.ContainsKey(name)).Select(name => $"'{Excerpt.Of(name)}' is unexpected"),
            .. targets.Where(target => Entries.TryGetValue(target.Key, out SafetensorsEntry? entry) && !entry.Fits(target.Value))
                .Select(target => $"'{Excerpt.Of(target.Key)}' is {Entries[target.Key]}, the network has {Describe(target.Value)}"),
        ];
        if (problems.Length > 0)
        {
            string more = problems.Length > 5 ? $" and {problems.Length - 5} more" : "";
            throw new InvalidDataException($"The weights in {_source} do not fit the network: {string.Join("; ", problems.Take(5))}{more}. " +
                "The network's class has probably changed since the model was saved.");
        }
        CopyTo(targets.AsEnumerable());
    }

    /// <inheritdoc/>
    public void CopyTo(IEnumerable<KeyValuePair<string, Tensor>> targets)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string name, Tensor target) in targets)
            CopyValues(Entries[name], target);
    }

    private void CopyValues(SafetensorsEntry entry, Tensor target)
    {
        _stream.Position = _dataStart + entry.Begin;
        Tensor flat = target.is_contiguous() ? target.detach().flatten() : empty(target.numel(), target.dtype, CPU);
        for (long start = 0; start < flat.numel(); start += ChunkElements)
        {
            using Tensor values = empty(Math.Min(ChunkElements, flat.numel() - start), entry.DType, CPU);
            _stream.ReadExactly(values.bytes);
            using Tensor slice = flat.narrow(0, start, values.numel());
            slice.copy_(values);
        }
        if (!target.is_contiguous())
            target.copy_(flat.reshape(target.shape));
    }

    private Dictionary<string, SafetensorsEntry> Parse(byte[] header, long dataBytes)
    {
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        try
        {
            var json = new SafetensorsHeader(header);
            while (json.NextName() is { } name)
                if (name == MetadataName)
                    Metadata = json.Texts();
                else if (!entries.TryAdd(name, Check(name, json.Tensor(), dataBytes)))
                    throw Invalid($"the tensor '{name}' is listed twice");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid($"its header is not valid: {error.Message}");
        }
        long expected = 0;
        foreach (SafetensorsEntry entry in entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != expected)
                throw Invalid($"its data has a gap or an overlap at byte {expected}");
            expected = entry.End;
        }
        return expected == dataBytes ? entries : throw Invalid($"its header describes {expected} bytes of data where {dataBytes} follow");
    }

    private SafetensorsEntry Check(string name, (string DType, long[] Shape, long[] Offsets) tensor, long dataBytes)
    {
        ScalarType type = SafetensorsDType.Parse(tensor.DType) ?? throw Invalid($"the tensor '{name}' has the unknown dtype '{tensor.DType}'");
        (long[] shape, long[] offsets) = (tensor.Shape, tensor.Offsets);
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > dataBytes)
            throw Invalid($"the tensor '{name}' has offsets [{string.Join(", ", offsets)}] outside the {dataBytes} bytes of data");
        Int128 bytes = SafetensorsDType.SizeOf(type);
        foreach (long size in shape)
        {
            if (size < 0 || bytes > dataBytes)
                throw Invalid($"the tensor '{name}' has the impossible shape [{string.Join(", ", shape)}]");
            bytes *= size;
        }
        if (bytes != offsets[1] - offsets[0])
            throw Invalid($"the tensor '{name}' of shape [{string.Join(", ", shape)}] does not fit its {offsets[1] - offsets[0]} bytes");
        return new SafetensorsEntry(type, shape, offsets[0], offsets[1]);
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";

    private InvalidDataException Invalid(string why) => new($"{_source} is not a valid safetensors file: {Excerpt.Of(why)}.");
}
