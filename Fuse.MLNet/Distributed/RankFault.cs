namespace Fuse.MLNet;

/// <summary>Says why a process leaves a run before its end; of several the last counts.</summary>
internal enum RankFault
{
    None,

    /// <summary>A loss or the weights were not finite.</summary>
    Diverged,

    /// <summary>The whole environment was cancelled.</summary>
    Cancelled,

    /// <summary>Anything else.</summary>
    Error,
}
