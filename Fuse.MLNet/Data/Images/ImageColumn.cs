namespace Fuse.MLNet;

/// <summary>Describes how the images of an <see cref="Microsoft.ML.Data.MLImage"/> column become tensors <c>[C, H, W]</c>; see <see cref="TensorColumn.Image"/>.</summary>
/// <remarks>
/// Height and width are those of <see cref="TensorColumn.Shape"/>, so one shape says it all: <c>[3, 224, 224]</c> gives colours, <c>[1, 224, 224]</c> or <c>[224, 224]</c> grey (Pillow's weights
/// 0.299, 0.587, 0.114), <c>[4, 224, 224]</c> colours and opacity. What is transparent shows black behind it, as in ML.NET's <c>ExtractPixels</c>. A description is immutable, compares
/// by value and is saved with the model. Preview.
/// </remarks>
public sealed record ImageColumn
{
    /// <summary>Gets the mean of ImageNet's colours, for <see cref="TensorColumn.Mean"/> before a network with weights of torchvision: 0.485, 0.456, 0.406.</summary>
    public static ValueList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Gets the deviation of ImageNet's colours, for <see cref="TensorColumn.StandardDeviation"/>: 0.229, 0.224, 0.225.</summary>
    public static ValueList<float> ImageNetStandardDeviation { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Gets how an image comes to the size of its tensor. Default: <see cref="ImageResize.IsoCrop"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public ImageResize Resize { get; init => field = Defined(value); }

    /// <summary>Gets the part of the sides of <see cref="ImageResize.IsoCrop"/>'s part that is kept, from the middle: above 0, up to 1. Default: 1, all.</summary>
    /// <remarks>torchvision's <c>Resize(256)</c> and <c>CenterCrop(224)</c> are 0.875; timm's <c>crop_pct</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">It is out of range.</exception>
    public double CropFraction
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(CropFraction)} must be above 0, up to 1.");
    } = 1;

    /// <summary>Gets how the pixels of a resized image follow from those it had. Default: <see cref="ImageInterpolation.Bilinear"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public ImageInterpolation Interpolation { get; init => field = Defined(value); }

    /// <summary>Gets the order of the colours. Default: red, green, blue.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of the names.</exception>
    public ImageColorOrder ColorOrder { get; init => field = Defined(value); }

    /// <summary>Gets whether 0 to 255 become 0 to 1, before <see cref="TensorColumn.Mean"/> is subtracted. Default: true. Tensors of whole numbers always hold 0 to 255.</summary>
    public bool Scale { get; init; } = true;

    private static T Defined<T>(T value)
        where T : struct, Enum =>
        Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{typeof(T).Name} has no such value; expected {string.Join(", ", Enum.GetNames<T>())}.");
}
