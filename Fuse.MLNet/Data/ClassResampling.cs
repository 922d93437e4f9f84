namespace Fuse.MLNet;

/// <summary>Says how long an epoch of <see cref="BatchSamplerDefault"/> is.</summary>
public enum ClassResampling
{
    /// <summary>As long as every class needs to be seen whole, so that rows of the smaller classes repeat.</summary>
    OverSample,

    /// <summary>As long as the class that is seen whole first needs, so that other classes are seen only in part, in each epoch another one.</summary>
    DownSample,
}
