namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Names an image and its label; the shape of the type is the schema that ML.NET loads.</summary>
public sealed class ImagePair
{
    /// <summary>Gets or sets the path of the image.</summary>
    public string ImagePath { get; set; } = "";

    /// <summary>Gets or sets the path of the label, a picture of the same size whose pixel values are classes.</summary>
    public string LabelPath { get; set; } = "";
}
