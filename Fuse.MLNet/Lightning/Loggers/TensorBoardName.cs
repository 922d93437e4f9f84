namespace Fuse.MLNet;

/// <summary>Says where TensorBoard shows a logged name.</summary>
internal static class TensorBoardName
{
    private static readonly string[] Groups = [".losses.", ".metrics."];
    private static readonly string[] Phases = [Phase.Train.LogPrefix(), Phase.Validation.LogPrefix(), Phase.Test.LogPrefix()];

    /// <summary>Splits a name such as <c>validation.night.losses.total_loss</c> into the sub-run <c>validation.night</c> and the tag <c>losses/total_loss</c>.</summary>
    /// <returns>The sub-run, empty for a name of no phase, and the tag, whose first dot is a slash, by which TensorBoard groups.</returns>
    public static (string Run, string Tag) Split(string name)
    {
        int group = Groups.Select(part => name.IndexOf(part, StringComparison.Ordinal)).Where(at => at > 0).DefaultIfEmpty(name.IndexOf('.', StringComparison.Ordinal)).Min();
        bool isOfPhase = group > 0 && IsSubRun(name[..group]);
        (string run, string tag) = isOfPhase ? (name[..group], name[(group + 1)..]) : ("", name);
        int dot = tag.IndexOf('.', StringComparison.Ordinal);
        // The sub-run is a folder.
        string folder = string.Concat(run.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_'));
        return (folder, dot > 0 ? $"{tag[..dot]}/{tag[(dot + 1)..]}" : tag);
    }

    /// <summary>Tells whether a name is that of a phase, also of a set of it.</summary>
    public static bool IsSubRun(string name) => Phases.Any(phase => name == phase || name.StartsWith($"{phase}.", StringComparison.Ordinal));
}
