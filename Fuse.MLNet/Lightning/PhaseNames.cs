namespace Fuse.MLNet;

/// <summary>Spells phases as FuseMedML spells them in logged names.</summary>
internal static class PhaseNames
{
    public static string LogPrefix(this Phase phase) => phase switch
    {
        Phase.Train => "train",
        Phase.Validation => "validation",
        Phase.Test => "test",
        _ => "predict",
    };
}
