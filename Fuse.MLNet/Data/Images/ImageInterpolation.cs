namespace Fuse.MLNet;

/// <summary>Says how the pixels of a resized image follow from those it had; computed by libtorch on bytes.</summary>
public enum ImageInterpolation
{
    /// <summary>Linear in both directions, over all pixels that a smaller one stands for: torchvision's <c>Resize</c> with <c>antialias</c>, and Pillow's <c>BILINEAR</c>.</summary>
    Bilinear,

    /// <summary>Cubic in both directions, over all pixels that a smaller one stands for: Pillow's <c>BICUBIC</c>.</summary>
    Bicubic,

    /// <summary>The pixel at the place of the new one's centre, so that no new values come up: for images whose values are classes.</summary>
    Nearest,
}
