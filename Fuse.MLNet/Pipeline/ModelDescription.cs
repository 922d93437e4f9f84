namespace Fuse.MLNet;

/// <summary>Holds everything about a trained model but its weights; saved as JSON in the model file.</summary>
internal sealed record ModelDescription
{
    /// <summary>The version of the format that this library writes; it reads this one and older ones.</summary>
    public const int CurrentFormat = 2;

    public int FormatVersion { get; init; } = CurrentFormat;

    /// <summary>Gets the versions of the packages that made the file, for error messages.</summary>
    public required string FuseVersion { get; init; }

    public required string TorchSharpVersion { get; init; }

    /// <summary>Gets the input columns by batch key, in order.</summary>
    public required OrderedDictionary<string, TensorColumn> Columns
    {
        get;
        init => field = value.Values.All(column => column is not null) ? value : throw new ArgumentException("A column is null.", nameof(value));
    }

    /// <summary>Gets the model, or null when the module has none.</summary>
    public FuseModel? Model { get; init; }

    /// <summary>Gets the user's own module class, or null for the ready-made one.</summary>
    public LightningModuleSpec? Module { get; init; }

    public required ValueList<FittedOutput> Outputs { get; init; }

    /// <summary>Gets the number of rows in a scoring batch.</summary>
    public required int BatchSize
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The batch size must be at least 1.");
    }

    public required long Seed { get; init; }

    public required History History { get; init; }

    public required StopReason StopReason { get; init; }

    public int? BestEpoch { get; init; }
}
