namespace Fuse.MLNet;

/// <summary>Finds the folder of a callback's files.</summary>
internal static class RunFolder
{
    /// <summary>Gets the folder that a callback was given, or else the run's.</summary>
    /// <exception cref="InvalidOperationException">There is neither; the message names the option to set.</exception>
    public static string Of(TrainingContext context, string? given, string callback, string option) => given ?? context.ModelDirectory
        ?? throw MLNetErrors.Mark(new InvalidOperationException($"{callback} has no folder: set its {option}, or {nameof(TrainerOptions.ModelDirectory)}."));
}
