using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Is a picture to classify.</summary>
internal sealed class Picture
{
    /// <summary>Gets or sets the picture, of any size: ML.NET's attribute takes one, and the network's column has its own.</summary>
    [ImageType(1, 1)]
    public MLImage? Image { get; set; }

    /// <summary>Gets or sets its class, which training needs.</summary>
    public string Label { get; set; } = "";
}
