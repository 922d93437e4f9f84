using System.IO.Compression;
using Microsoft.ML;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is a whole model file that mutations begin with.</summary>
/// <param name="Name">What model it is.</param>
/// <param name="Entries">Its entries, unpacked, in order.</param>
internal sealed record SampleFile(string Name, IReadOnlyList<KeyValuePair<string, byte[]>> Entries)
{
    private static readonly string[] Own = ["model.json", "loss.json", "model.safetensors"];

    /// <summary>Reads a model.</summary>
    public static SampleFile Of(string name, MLContext ml, ITransformer model, IDataView rows)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(model, rows.Schema, stream);
        using var archive = new ZipArchive(stream);
        return new SampleFile(name, [.. archive.Entries.Select(entry =>
        {
            using Stream data = entry.Open();
            using var bytes = new MemoryStream();
            data.CopyTo(bytes);
            return KeyValuePair.Create(entry.FullName, bytes.ToArray());
        })]);
    }

    /// <summary>Gets the places of entries that are Fuse's, or ML.NET's.</summary>
    /// <param name="suffixes">How their names end.</param>
    public int[] Places(params string[] suffixes) =>
        [.. Entries.Select((entry, index) => (entry.Key, index)).Where(pair => suffixes.Any(suffix => pair.Key.EndsWith(suffix, StringComparison.Ordinal))).Select(pair => pair.index)];

    /// <summary>Gets the places of Fuse's own entries.</summary>
    public int[] OwnPlaces() => Places(Own);

    /// <summary>Gets the places of ML.NET's entries.</summary>
    public int[] OtherPlaces() => [.. Enumerable.Range(0, Entries.Count).Except(OwnPlaces())];

    /// <summary>Packs entries, one of them exchanged.</summary>
    public byte[] With(int place, byte[] bytes) => Pack(Entries.Select((entry, index) => index == place ? KeyValuePair.Create(entry.Key, bytes) : entry));

    /// <summary>Gets the size of all entries, one of them exchanged.</summary>
    public long Size(int place, long bytes) => Entries.Select((entry, index) => index == place ? bytes : entry.Value.LongLength).Sum();

    /// <summary>Packs entries.</summary>
    public static byte[] Pack(IEnumerable<KeyValuePair<string, byte[]>> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream data = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                data.Write(bytes);
            }
        return stream.ToArray();
    }
}
