using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names a function from a network's raw output to the values a user reads; a loss names the one that belongs to it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
public enum Activation
{
    /// <summary>The raw output.</summary>
    None,

    /// <summary>Softmax over dimension 1: logits <c>[N, C, ...]</c> to class probabilities.</summary>
    Softmax,

    /// <summary>Logistic function: each logit to a probability.</summary>
    Sigmoid,

    /// <summary>Exponential: log-probabilities to probabilities.</summary>
    Exp,
}
