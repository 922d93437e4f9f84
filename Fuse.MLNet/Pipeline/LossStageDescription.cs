namespace Fuse.MLNet;

/// <summary>Holds everything about a loss stage; saved as JSON in the model file.</summary>
internal sealed record LossStageDescription
{
    public const int CurrentFormat = 1;

    public int FormatVersion { get; init; } = CurrentFormat;

    public required string FuseVersion { get; init; }

    public required SavedLoss Loss { get; init; }

    /// <summary>Gets the columns that the loss reads, by batch key.</summary>
    public required OrderedDictionary<string, TensorColumn> Columns { get; init; }

    public required string OutputColumnName { get; init; }

    public required ScoreKind ScoreKind { get; init; }
}
