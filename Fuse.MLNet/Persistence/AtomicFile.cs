namespace Fuse.MLNet;

/// <summary>Writes files whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a temporary file beside the target and moves it into place; an error leaves the target as it was.</summary>
    public static void Write(string path, Action<Stream> write) => WriteTo(path, temporary =>
    {
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write);
        write(stream);
        // The rename must not reach the disk before the data does.
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Does the same where something else than a stream is written: the function gets the path of the temporary file.</summary>
    public static void WriteTo(string path, Action<string> write)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error)
        {
            File.Delete(temporary);
            // What the runtime makes of a file that is larger than the system allows.
            if (error is ArgumentOutOfRangeException && error.TargetSite?.DeclaringType?.Namespace?.StartsWith("System.IO", StringComparison.Ordinal) == true)
                throw new IOException($"'{path}' cannot be written: {error.Message}", error);
            throw;
        }
    }
}
