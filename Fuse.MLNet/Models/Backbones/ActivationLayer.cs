using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Names the function between the layers of a network.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActivationLayer>))]
public enum ActivationLayer
{
    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>ReLU whose slope below 0 is learned, one for each channel, from 0.25.</summary>
    PReLU,

    /// <summary>exp(x) - 1 below 0.</summary>
    ELU,

    /// <summary>x times the normal distribution's probability of less than x.</summary>
    GELU,

    /// <summary>x sigmoid(x), also called swish.</summary>
    SiLU,

    /// <summary>ReLU with the slope 0.01 below 0.</summary>
    LeakyReLU,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>No function: the layers stay linear.</summary>
    None,
}
