using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet.Examples;

/// <summary>Holds what the examples' command lines share: one-line errors, one-line epochs and numbers that look alike everywhere.</summary>
public static class ExampleProgram
{
    /// <summary>Runs an example; what a user can mend, such as a wrong path, ends in one line on the error stream.</summary>
    /// <param name="action">The example.</param>
    /// <returns>The exit code: 0, or 1 after an error.</returns>
    public static int Report(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
            return 0;
        }
        catch (Exception error) when (error is IOException or FormatException or InvalidDataException or ArgumentException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {error.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }

    /// <summary>Finds out now, rather than after the training, that a file could not be written.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="what">What the file is, such as <c>model file</c>.</param>
    /// <exception cref="DirectoryNotFoundException">Its folder does not exist.</exception>
    public static void CheckFolderOf(string path, string what)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder of the {what}, {folder}, does not exist.");
    }

    /// <summary>Does something with a temporary folder, which is deleted afterwards.</summary>
    /// <param name="name">How the folder's name begins.</param>
    /// <param name="action">What to do with its path.</param>
    public static void InScratchFolder(string name, Action<string> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        DirectoryInfo scratch = Directory.CreateTempSubdirectory($"fuse-mlnet-{name}-");
        try
        {
            action(scratch.FullName);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Makes a context whose trainers print what they log, a line an epoch.</summary>
    /// <param name="seed">The seed of every random choice.</param>
    public static MLContext Context(int seed)
    {
        var ml = new MLContext(seed);
        ml.Log += PrintTraining;
        return ml;
    }

    /// <summary>Prints a line, numbers as everywhere.</summary>
    /// <param name="text">The line.</param>
    public static void Print(FormattableString text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
    }

    private static void PrintTraining(object? sender, LoggingEventArgs log)
    {
        if (log.Source is nameof(FuseTrainer) or nameof(FuseCatalog.LoadImagesFromFolder) && log.Kind != ChannelMessageKind.Trace)
            Console.WriteLine(log.RawMessage);
    }
}
