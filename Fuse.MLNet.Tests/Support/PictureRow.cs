using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Tests;

/// <summary>Is a row with an image, of a size that its type does not tell: ML.NET takes no such attribute without numbers.</summary>
public sealed class PictureRow
{
    [ImageType(1, 1)]
    public MLImage? Image { get; set; }

    public float Target { get; set; }
}
