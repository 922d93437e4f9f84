using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a multilayer perceptron as a backbone: linear layers, each followed by its activation and dropout, the last one too.</summary>
/// <remarks>
/// FuseMedML's <c>BackboneMultilayerPerceptron</c>: <c>[N, MlpInputSize]</c> to <c>[N, last of Layers]</c>. Parameters have its names,
/// <c>mlp.0.weight</c> and so on. Each layer has an activation of its own (FuseMedML shares one between all networks of the process).
/// </remarks>
public sealed record BackboneMultilayerPerceptron : Backbone
{
    /// <summary>Gets the widths of the layers. Default: <c>[64, 192, 320, 320, 1088, 384]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or one is not positive.</exception>
    public ValueList<long> Layers { get; init => field = BackboneOption.Sizes(value, 1, int.MaxValue); } = [64, 192, 320, 320, 1088, 384];

    /// <summary>Gets the number of features in. Default: 103.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public long MlpInputSize { get; init => field = BackboneOption.Positive(value); } = 103;

    /// <summary>Gets the function behind each linear layer. Default: ReLU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public ActivationLayer ActivationLayer { get; init => field = BackboneOption.Defined(value); }

    /// <summary>Gets the probability of dropout behind each activation, below 1. Default: 0, without dropout layers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or 1 or more.</exception>
    public double DropoutRate { get; init => field = BackboneOption.Probability(value); }

    /// <inheritdoc/>
    [JsonIgnore]
    public override long FeatureCount => Layers[^1];

    /// <inheritdoc/>
    public override nn.Module Build() => new MultilayerPerceptronModule(this);
}
