namespace Fuse.MLNet;

/// <summary>Describes an output column as it was fitted: its shape and, for a classifier, its classes.</summary>
internal sealed record FittedOutput
{
    /// <summary>Gets the column's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the batch key it is read from.</summary>
    public required string Key { get; init; }

    public required Activation Activation { get; init; }

    public required OutputKind Kind { get; init; }

    /// <summary>Gets a row's shape; empty for a scalar.</summary>
    public required ValueList<long> Shape { get; init; }

    /// <summary>Gets ML.NET's name of the kind of score, such as MulticlassClassification, or null.</summary>
    public string? ScoreKind { get; init; }

    /// <summary>Gets the name of the column of the largest output's class, or null.</summary>
    public string? PredictedLabelName { get; init; }

    /// <summary>Gets the values behind the classes, or null.</summary>
    public KeyValues? KeyValues { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public int Width => (int)Shape.Aggregate(1L, (product, size) => product * size);
}
