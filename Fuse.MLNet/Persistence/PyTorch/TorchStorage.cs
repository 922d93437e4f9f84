namespace Fuse.MLNet;

/// <summary>Names the values, one after another, of which tensors of a PyTorch file are views.</summary>
/// <param name="DType">The type of the values.</param>
/// <param name="Key">The name of the file's entry that holds them.</param>
/// <param name="Count">How many they are, by the pickle.</param>
internal sealed record TorchStorage(ScalarType DType, string Key, long Count);
