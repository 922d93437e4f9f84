namespace Fuse.MLNet;

/// <summary>Says how an image comes to the size of its tensor; the words of ML.NET's <c>ResizeImages</c>.</summary>
public enum ImageResize
{
    /// <summary>Keeps the proportions: the largest middle part that has those of the tensor is cut out, and resized.</summary>
    IsoCrop,

    /// <summary>Keeps the proportions and the whole image: it is resized to fit in, and stands in the middle of black.</summary>
    IsoPad,

    /// <summary>Resizes each side by itself, so proportions change.</summary>
    Fill,

    /// <summary>Resizes nothing: an image of another size is an error.</summary>
    None,
}
