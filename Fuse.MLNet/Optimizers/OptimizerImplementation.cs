namespace Fuse.MLNet;

/// <summary>Chooses who computes an optimizer's steps.</summary>
public enum OptimizerImplementation
{
    /// <summary>libtorch's kernels that step all parameters in a few calls, where there are such; else TorchSharp's optimizer.</summary>
    Auto,

    /// <summary>TorchSharp's optimizer, to get the bits of a loop written in plain TorchSharp.</summary>
    TorchSharp,
}
