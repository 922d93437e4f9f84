namespace Fuse.MLNet;

/// <summary>Names a layer of a module and the normalization that alone reads its output.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Norm">The normalization.</param>
/// <param name="ReplaceNorm">Has the module call another in the normalization's place.</param>
internal sealed record NormalizedLayer(nn.Module Layer, nn.Module Norm, Action<nn.Module<Tensor, Tensor>> ReplaceNorm);
