namespace Fuse.MLNet;

/// <summary>Finds the folder of a callback's files.</summary>
internal static class RunFolder
{
    /// <summary>Gets the folder that a callback was given, or else the run's.</summary>
    /// <exception cref="InvalidOperationException">There is neither; the message names the option to set.</exception>
    public static string Of(TrainingContext context, string? given, string callback, string option) => given ?? context.ModelDirectory
        ?? throw MLNetErrors.Mark(new InvalidOperationException($"{callback} has no folder: set its {option}, or {nameof(TrainerOptions.ModelDirectory)}."));

    /// <summary>Gets the same folder, made and tried out, so that a run that could not keep its files ends before it trains.</summary>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public static string Writable(TrainingContext context, string? given, string callback, string option)
    {
        string folder = Of(context, given, callback, option);
        try
        {
            Directory.CreateDirectory(folder);
            new FileStream(Path.Combine(folder, $"{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            return folder;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw MLNetErrors.Mark(new IOException($"{callback} cannot write into the folder '{folder}': {error.Message}", error));
        }
    }
}
