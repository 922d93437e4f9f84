namespace Fuse.MLNet;

/// <summary>Says what a column of an output is; the names are those of ML.NET's annotation ScoreValueKind.</summary>
internal enum ScoreRole
{
    /// <summary>The model's values.</summary>
    Score,

    /// <summary>The probability of a yes.</summary>
    Probability,

    /// <summary>What is predicted: a class, or yes or no.</summary>
    PredictedLabel,
}
