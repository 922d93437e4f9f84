using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Says what the values of a score column are, for losses that work on logits.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ScoreKind>))]
public enum ScoreKind
{
    /// <summary>What the column's own annotation says; <see cref="FuseTransformer"/> writes it. Without it a loss that needs to know is refused.</summary>
    Auto,

    /// <summary>Probabilities: a softmax or a logistic function was applied.</summary>
    Probability,

    /// <summary>Raw outputs, before softmax or the logistic function.</summary>
    Logit,
}
