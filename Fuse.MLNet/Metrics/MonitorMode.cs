namespace Fuse.MLNet;

/// <summary>Says which values of a monitored name are better.</summary>
public enum MonitorMode
{
    /// <summary>Smaller is better, as for losses.</summary>
    Min,

    /// <summary>Larger is better, as for accuracies.</summary>
    Max,
}
