namespace Fuse.MLNet;

/// <summary>Holds what one run of the trainer works on.</summary>
/// <param name="Train">The training rows.</param>
/// <param name="Validation">The sets of validation rows, each logged under its prefix; the first decides the best epoch.</param>
/// <param name="Device">The kind of device that the module is on.</param>
/// <param name="Seed">The seed of every random choice.</param>
/// <param name="CheckAlive">Throws when the whole environment was cancelled.</param>
/// <param name="Log">Takes the run's messages.</param>
internal sealed record TrainingRun(IBatchSource Train, IReadOnlyList<MeasuredRows> Validation, DeviceType Device, long Seed, Action CheckAlive, IRunLog Log)
{
    /// <summary>Gets the processes that train together.</summary>
    public required RankAgreement Ranks { get; init; }

    /// <summary>Gets whether each of them reads rows of its own.</summary>
    public bool HasOwnRows { get; init; }

    /// <summary>Gets the batch keys that scoring reads.</summary>
    public IReadOnlySet<string> InputKeys { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Gets the outputs that have a label beside them.</summary>
    public IReadOnlyList<MeasuredOutput> Outputs { get; init; } = [];
}
