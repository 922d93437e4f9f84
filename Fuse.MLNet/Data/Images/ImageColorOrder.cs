namespace Fuse.MLNet;

/// <summary>Says in which order a tensor has the colours of an image.</summary>
public enum ImageColorOrder
{
    /// <summary>Red, green, blue: what torchvision's networks read.</summary>
    Rgb,

    /// <summary>Blue, green, red: what OpenCV and Caffe give.</summary>
    Bgr,
}
