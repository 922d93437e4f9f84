using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes what turns features in the batch into one prediction: <c>model.logits.&lt;head&gt;</c> and <c>model.output.&lt;head&gt;</c>.</summary>
/// <remarks>Heads run in their order and may read what those before them made. For one of your own, give its network to <see cref="HeadNetwork"/>.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Head1D), "head.1d")]
[JsonDerivedType(typeof(Head3D), "head.3d")]
[JsonDerivedType(typeof(HeadDenseSegmentation), "head.dense_segmentation")]
[JsonDerivedType(typeof(HeadGlobalPoolingClassifier), "head.global_pooling_classifier")]
[JsonDerivedType(typeof(HeadNetwork), "head.network")]
public abstract record Head
{
    /// <summary>The key of the features that a model's backbone makes: <c>model.backbone_features</c>.</summary>
    internal const string BackboneFeatures = "model.backbone_features";

    private protected Head()
    {
    }

    /// <summary>Gets the name, the last part of the head's keys and a part of its parameters' names. Default: <c>head_0</c>.</summary>
    public string HeadName { get; init => field = ModelOption.Name(value); } = "head_0";

    /// <summary>Gets the keys of the features <c>[N, C, ...]</c>, joined on dimension 1. Default: <c>model.backbone_features</c>.</summary>
    public ValueList<string> Inputs { get; init => field = ModelOption.Keys(value); } = [BackboneFeatures];

    /// <summary>Gets the key of the raw predictions.</summary>
    internal string LogitsKey => $"model.logits.{HeadName}";

    /// <summary>Gets the key of the predictions.</summary>
    internal string OutputKey => $"model.output.{HeadName}";

    /// <summary>Gets the keys whose number of channels the description lacks.</summary>
    internal virtual IEnumerable<string> UnsizedKeys => [];

    /// <summary>Fills in numbers of channels.</summary>
    internal virtual Head Sized(IReadOnlyDictionary<string, long> channels) => this;

    /// <summary>Builds the module.</summary>
    internal abstract nn.Module<BatchDict, BatchDict> Build(SharedClassifiers shared);

    /// <summary>Names why the description cannot be saved, or null when it can.</summary>
    internal virtual string? WhyNotSavable() => null;
}
