namespace Fuse.MLNet;

/// <summary>Says how <see cref="BatchSamplerDefault"/> keeps classes in proportion.</summary>
public enum BatchSamplerMode
{
    /// <summary>Every batch has exactly the wanted number of rows of each class.</summary>
    Exact,

    /// <summary>Each row's class is drawn at random by the classes' probabilities.</summary>
    Approximate,
}
