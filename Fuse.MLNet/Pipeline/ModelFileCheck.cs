using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Checks what ML.NET reads of a model file before it comes to what is Fuse's.</summary>
internal static class ModelFileCheck
{
    private const string SchemaEntry = "Schema";

    /// <exception cref="InvalidDataException">The file is no model file, or no model packs that well, or its schema is damaged.</exception>
    public static void Check(MLContext environment, string path)
    {
        using FileStream file = File.OpenRead(path);
        using ZipArchive archive = Open(file);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string name = entry.FullName.Replace('\\', '/');
            if (!names.Add(name))
                throw new InvalidDataException($"The model file has two entries of the name '{Excerpt.Of(name)}'.");
            ModelArchiveReader.CheckInflation(Excerpt.Of(name), entry);
        }
        if (archive.Entries.FirstOrDefault(entry => entry.FullName == SchemaEntry) is { } schema)
            ReadSchema(environment, schema);
    }

    private static ZipArchive Open(FileStream file)
    {
        try
        {
            return new ZipArchive(file);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{file.Name} is not a model file: it is no whole zip archive.", error);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "ML.NET's reader throws whatever the bytes lead it to.")]
    private static void ReadSchema(MLContext environment, ZipArchiveEntry entry)
    {
        try
        {
            using var bytes = new MemoryStream();
            using (Stream packed = entry.Open())
                packed.CopyTo(bytes);
            _ = environment.Data.LoadFromBinary(new WholeSource(bytes.ToArray())).Schema;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new InvalidDataException($"The model file's {SchemaEntry} is damaged: {Excerpt.Of(error.Message)}", error);
        }
    }
}
