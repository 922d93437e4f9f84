namespace Fuse.MLNet;

/// <summary>Is a module that normalizes what layers of its own give.</summary>
internal interface INormalizedLayers
{
    /// <summary>Gets the layers with their normalizations.</summary>
    IEnumerable<NormalizedLayer> NormalizedLayers { get; }
}
