using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names what a head predicts, and so what it makes of its last layer's values.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeadMode>))]
public enum HeadMode
{
    /// <summary>One class of several: logits, and probabilities by softmax over dimension 1.</summary>
    Classification,

    /// <summary>Any number of classes at once: logits, and a probability of each by the logistic function.</summary>
    MultiLabel,

    /// <summary>
    /// One class of several that have an order, such as grades: one score and increasing thresholds between neighbouring classes. The logits are the
    /// logarithms of the classes' probabilities, so that cross-entropy trains it. McCullagh, "Regression models for ordinal data", 1980.
    /// </summary>
    Ordinal,

    /// <summary>Numbers, as they are; one number a row is <c>[N]</c>, without a dimension of its own. There are no logits.</summary>
    Regression,
}
