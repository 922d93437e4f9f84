using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Describes a TorchSharp network from tensors to tensors.</summary>
/// <remarks>
/// A description is immutable, compares by value, is saved as JSON in the model file, and builds a fresh module each time: every
/// <c>Fit</c> starts from new weights, and a loaded file rebuilds the same module.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ModelWrapDictToSeq), "network.wrap_dict_to_seq")]
[JsonDerivedType(typeof(ModuleNetwork), "network.module")]
[JsonDerivedType(typeof(TorchScriptNetwork), "network.torch_script")]
[JsonDerivedType(typeof(BackboneCrossAttentionTransformerEncoder), "backbone.cross_attention_transformer_encoder")]
[JsonDerivedType(typeof(BackboneEfficientUnet), "backbone.efficient_unet")]
[JsonDerivedType(typeof(BackboneInceptionResnetV2), "backbone.inception_resnet_v2")]
[JsonDerivedType(typeof(BackboneMultilayerPerceptron), "backbone.multilayer_perceptron")]
[JsonDerivedType(typeof(BackboneMViT), "backbone.mvit")]
[JsonDerivedType(typeof(BackboneResnet), "backbone.resnet")]
[JsonDerivedType(typeof(BackboneResnet3D), "backbone.resnet_3d")]
[JsonDerivedType(typeof(BackboneTextEncoder), "backbone.text_encoder")]
[JsonDerivedType(typeof(BackboneTransformer), "backbone.transformer")]
[JsonDerivedType(typeof(BackboneUnet), "backbone.unet")]
[JsonDerivedType(typeof(BackboneUnet3D), "backbone.unet_3d")]
[JsonDerivedType(typeof(BackboneViT), "backbone.vit")]
public abstract record Network
{
    private protected Network()
    {
    }

    /// <summary>Builds a new module with newly initialized weights, drawn from the global random state.</summary>
    /// <returns>A module of 1 to 4 tensors that gives a tensor, a tuple of tensors or <c>Tensor[]</c>; of a TorchScript file, a <see cref="TorchScriptModule"/>.</returns>
    public abstract nn.Module Build();

    /// <summary>Names your own module class and the arguments of its constructor.</summary>
    /// <typeparam name="TModule">A class that derives from <c>nn.Module&lt;Tensor, Tensor&gt;</c>, or one with several inputs or outputs.</typeparam>
    /// <param name="arguments">
    /// The constructor's arguments: numbers, Booleans, text, enums, null, and arrays or lists of those, because they are saved as JSON.
    /// Optional parameters may be left out at the end.
    /// </param>
    /// <exception cref="ArgumentException">No public constructor takes these arguments, or one of them cannot be saved.</exception>
    public static Network Of<TModule>(params object?[]? arguments)
        where TModule : nn.Module => ModuleNetwork.Create(typeof(TModule), arguments ?? [null]);

    /// <summary>Wraps a function that makes the module, for experiments: such a model trains and scores but cannot be saved.</summary>
    /// <param name="factory">Makes a new module each time it is called.</param>
    public static Network Of(Func<nn.Module> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new DelegateNetwork(factory);
    }

    /// <summary>Takes a network made in Python, with its code and weights: <c>torch.jit.script(model).save(path)</c>, or <c>torch.jit.trace</c>.</summary>
    /// <remarks>
    /// The file is read now and travels inside the model file. Its weights are the first ones of every <c>Fit</c>. It is called with as many tensors as its
    /// <c>forward</c> has arguments, and gives a tensor, or a tuple or list of tensors. A TorchScript file is code: take it from where you would take a program, and
    /// let a program load a model file that holds one by <see cref="FuseCatalog.AllowTorchScript"/>.
    /// </remarks>
    /// <param name="path">The TorchScript file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged or no TorchScript file.</exception>
    public static Network TorchScript(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new TorchScriptNetwork(TorchScriptFile.Read(path));
    }

    /// <summary>Fills in sizes that follow from the data; by default there are none.</summary>
    internal virtual Network Infer(long inputSize, long outputSize) => this;

    /// <summary>Names why the description cannot be saved, or null when it can.</summary>
    internal virtual string? WhyNotSavable() => null;
}
