using System.Globalization;
using System.Text;

namespace Fuse.MLNet;

/// <summary>Is the file into which libtorch writes the operations of this process for good, and finds the text of one recording in it.</summary>
/// <remarks>
/// libtorch keeps the last operations in a buffer of its own, so a recording ends with operations that only push it out. On Linux the file has no name once it is open, and
/// what was read is given back to the disk; elsewhere it stays until the next process that exports deletes it.
/// </remarks>
internal sealed class TraceFile(FileStream file)
{
    private const string FolderPrefix = "fuse-mlnet-onnx-";
    private const int MaxPushes = 1 << 14;
    private const int PushesAtOnce = 16;

    /// <summary>Makes the file and lets an observer open it.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static TraceFile Open(Action<string> open)
    {
        DeleteAbandoned();
        DirectoryInfo folder = Directory.CreateTempSubdirectory(FolderPrefix);
        string path = Path.Combine(folder.FullName, "execution-trace.json");
        var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        bool isOpen = false;
        try
        {
            open(path);
            isOpen = true;
            return new TraceFile(file);
        }
        finally
        {
            if (!isOpen)
                file.Dispose();
            if (!isOpen || !OperatingSystem.IsWindows())
                folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs something while the observer writes, and returns the operations as a JSON array; those of other threads are among them.</summary>
    /// <exception cref="IOException">The operations did not get into the file: the disk is full.</exception>
    public byte[] Record(Action run)
    {
        using Tensor mark = zeros([1], ScalarType.Int64).DetachFromDisposeScope();
        string begin = Mark(mark);
        run();
        string end = Mark(mark);
        using var text = new MemoryStream();
        for (int pushes = 0; ; pushes += PushesAtOnce)
        {
            ReadOn(text);
            ReadOnlySpan<byte> read = text.GetBuffer().AsSpan(0, (int)text.Length);
            if (read.IndexOf(Encoding.ASCII.GetBytes(end)) is >= 0 and int last)
            {
                if (OperatingSystem.IsLinux())
                    file.SetLength(0);
                return Between(read[..last], begin);
            }
            if (pushes >= MaxPushes)
                throw MLNetErrors.Mark(new IOException($"The operations of the network did not get into a file in '{Path.GetTempPath()}', which may be full: make room there and start the process anew."));
            for (int i = 0; i < PushesAtOnce; i++)
                Write(mark, 0);
        }
    }

    // A number that nothing else writes.
    private static string Mark(Tensor mark)
    {
        long number = Random.Shared.NextInt64(long.MaxValue / 2, long.MaxValue);
        Write(mark, number);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    private static void Write(Tensor mark, long number)
    {
        using Scalar scalar = number.ToScalar();
        mark.fill_(scalar);
        GC.KeepAlive(scalar);
    }

    /// <summary>Takes the whole operations after the one that holds a mark.</summary>
    private static byte[] Between(ReadOnlySpan<byte> text, string begin)
    {
        text = text[text.IndexOf(Encoding.ASCII.GetBytes(begin))..];
        int first = text.IndexOf((byte)'\n');
        while (!IsEnd(text[first..]))
            first += 1 + text[(first + 1)..].IndexOf((byte)'\n');
        int last = text.LastIndexOf((byte)'\n');
        while (!IsEnd(text[last..]))
            last = text[..last].LastIndexOf((byte)'\n');
        // The end of the last operation without its comma.
        int end = last + text[last..].IndexOf((byte)'}') + 1;
        return [(byte)'[', .. text[(first + text[first..].IndexOf((byte)',') + 1)..end], (byte)']'];
    }

    // An operation ends with a line of its own; no other line begins so.
    private static bool IsEnd(ReadOnlySpan<byte> line) => line[1..].TrimStart((byte)' ').StartsWith("},"u8);

    // The place to read on from is kept by the file. What was given back to the disk reads as zeros up to where libtorch writes on.
    private void ReadOn(MemoryStream text) => file.CopyTo(text);

    private static void DeleteAbandoned()
    {
        if (!OperatingSystem.IsWindows())
            return;
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{FolderPrefix}*"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Its process is alive.
            }
        }
    }
}
