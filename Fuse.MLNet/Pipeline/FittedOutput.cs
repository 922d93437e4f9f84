using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes an output column as it was fitted: its shape and, for a classifier, its classes.</summary>
internal sealed record FittedOutput
{
    /// <summary>Gets the column's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the batch key it is read from.</summary>
    public required string Key { get; init; }

    public required Activation Activation { get; init => field = Defined(value); }

    public required OutputKind Kind { get; init => field = Defined(value); }

    /// <summary>Gets what the values are where the activation does not tell, as in an ensemble of outputs that had one.</summary>
    public ScoreKind ValueKind { get; init => field = Defined(value); }

    /// <summary>Gets what the values are, or Auto when that is not known.</summary>
    [JsonIgnore]
    public ScoreKind KnownKind => ValueKind != ScoreKind.Auto ? ValueKind : ScoreAnnotation.KindOf(Activation);

    /// <summary>Gets a row's shape; empty for a scalar.</summary>
    public required ValueList<long> Shape
    {
        get;
        init => field = value.Aggregate((Int128)1, (product, size) => size > 0 && product <= int.MaxValue ? product * size : Int128.MaxValue) <= int.MaxValue ? value
            : throw new ArgumentException($"The shape {value} of an output has a size that is not positive, or too many values.", nameof(value));
    }

    /// <summary>Gets what the values predict.</summary>
    public OutputTask Task { get; init => field = Defined(value); }

    /// <summary>Gets the name of the column of the probability of a yes, or null.</summary>
    public string? ProbabilityName { get; init; }

    /// <summary>Gets the name of the column of what is predicted, or null.</summary>
    public string? PredictedLabelName { get; init; }

    /// <summary>Gets the values behind the classes, or null.</summary>
    public KeyValues? KeyValues { get; init; }

    /// <summary>Gets the names of a row's values where the label has some, or null.</summary>
    public KeyValues? SlotNames { get; init; }

    [JsonIgnore]
    public int Width => (int)Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Gets the number of classes of which one is predicted, by row or by place.</summary>
    [JsonIgnore]
    public int ClassCount => (int)Shape[0];

    /// <summary>Gets the columns that the output becomes, in order.</summary>
    [JsonIgnore]
    public IEnumerable<(ScoreRole Role, string Name)> Columns
    {
        get
        {
            yield return (ScoreRole.Score, Name);
            if (ProbabilityName is not null)
                yield return (ScoreRole.Probability, ProbabilityName);
            if (PredictedLabelName is not null)
                yield return (ScoreRole.PredictedLabel, PredictedLabelName);
        }
    }

    private static T Defined<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"There is no such {typeof(T).Name}.");
}
