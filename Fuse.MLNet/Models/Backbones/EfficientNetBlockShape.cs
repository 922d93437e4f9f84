namespace Fuse.MLNet;

/// <summary>Holds the numbers of one block of an EfficientNet.</summary>
internal sealed record EfficientNetBlockShape(long Inputs, long Outputs, long Kernel, long Stride, long Expansion, long Side);
