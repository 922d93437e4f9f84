using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Brings the pixels of images to the channels and the size of a tensor.</summary>
internal sealed class ImageScaler
{
    private const int PixelBytes = 4;
    private readonly ImageColumn _options;
    private readonly int _channels;
    private readonly int _height;
    private readonly int _width;

    /// <summary>Makes a scaler.</summary>
    /// <param name="shape">The shape of a row, <c>[C, H, W]</c> or <c>[H, W]</c>.</param>
    /// <param name="options">How images become tensors.</param>
    public ImageScaler(ValueList<long> shape, ImageColumn options)
    {
        _options = options;
        (_channels, _height, _width) = (shape.Count == 3 ? (int)shape[0] : 1, (int)shape[^2], (int)shape[^1]);
    }

    /// <summary>Writes an image's bytes, channel by channel.</summary>
    /// <param name="image">The image.</param>
    /// <param name="destination">The bytes of the tensor.</param>
    /// <exception cref="InvalidDataException">The image has another size, and is not to be resized.</exception>
    public void Run(MLImage image, Span<byte> destination)
    {
        (int left, int top, int width, int height) = Part(image.Width, image.Height);
        if ((width, height) == (_width, _height))
        {
            Split(image, left, top, width, height, destination);
            return;
        }
        if (_options.Resize == ImageResize.None)
            throw new InvalidDataException($"is {width} x {height} pixels, where the column's tensor is {_width} x {_height} and {nameof(ImageColumn.Resize)} is {nameof(ImageResize.None)}");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor pixels = empty([1, _channels, height, width], ScalarType.Byte, CPU);
        Split(image, left, top, width, height, pixels.bytes);
        (int newWidth, int newHeight) = _options.Resize == ImageResize.IsoPad ? Fitting(width, height) : (_width, _height);
        Place(Resized(pixels, newWidth, newHeight).bytes, newWidth, newHeight, destination);
    }

    /// <summary>Gets the part of an image that the tensor shows.</summary>
    private (int Left, int Top, int Width, int Height) Part(int width, int height)
    {
        if (_options.Resize != ImageResize.IsoCrop)
            return (0, 0, width, height);
        bool isTall = (long)width * _height <= (long)height * _width;
        double cutWidth = (isTall ? width : (double)height * _width / _height) * _options.CropFraction;
        double cutHeight = (isTall ? (double)width * _height / _width : height) * _options.CropFraction;
        int Side(double cut, int side) => Math.Clamp((int)Math.Round(cut), 1, side);
        (int partWidth, int partHeight) = (Side(cutWidth, width), Side(cutHeight, height));
        return ((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }

    /// <summary>Gets the largest size of the image's proportions that the tensor has room for.</summary>
    private (int Width, int Height) Fitting(int width, int height) => (long)width * _height <= (long)height * _width
        ? ((int)Math.Max(1, Math.Round((double)width * _height / height)), _height)
        : (_width, (int)Math.Max(1, Math.Round((double)height * _width / width)));

    private Tensor Resized(Tensor pixels, int width, int height) => nn.functional.interpolate(pixels, size: [height, width], mode: _options.Interpolation switch
    {
        ImageInterpolation.Nearest => InterpolationMode.NearestExact,
        ImageInterpolation.Bicubic => InterpolationMode.Bicubic,
        _ => InterpolationMode.Bilinear,
    }, align_corners: false, antialias: _options.Interpolation != ImageInterpolation.Nearest).contiguous();

    /// <summary>Writes planes into the middle of those of the tensor.</summary>
    private void Place(ReadOnlySpan<byte> planes, int width, int height, Span<byte> destination)
    {
        if (planes.Length == destination.Length)
        {
            planes.CopyTo(destination);
            return;
        }
        destination.Clear();
        int start = ((_height - height) / 2 * _width) + ((_width - width) / 2);
        for (int channel = 0; channel < _channels; channel++)
            for (int y = 0; y < height; y++)
                planes.Slice(((channel * height) + y) * width, width).CopyTo(destination[(((channel * _height) + y) * _width + start)..]);
    }

    /// <summary>Writes a part of an image, channel by channel.</summary>
    private void Split(MLImage image, int left, int top, int width, int height, Span<byte> planes)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        int stride = pixels.Length / image.Height;
        int red = image.PixelFormat == MLPixelFormat.Bgra32 ? 2 : 0;
        int blue = 2 - red;
        int size = width * height;
        (int first, int last) = _options.ColorOrder == ImageColorOrder.Rgb ? (red, blue) : (blue, red);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(((top + y) * stride) + (left * PixelBytes), width * PixelBytes);
            Span<byte> target = planes[(y * width)..];
            for (int x = 0; x < width; x++)
            {
                ReadOnlySpan<byte> pixel = row.Slice(x * PixelBytes, PixelBytes);
                if (_channels == 1)
                {
                    target[x] = Grey(pixel[red], pixel[1], pixel[blue]);
                    continue;
                }
                target[x] = pixel[first];
                target[size + x] = pixel[1];
                target[(2 * size) + x] = pixel[last];
                if (_channels == PixelBytes)
                    target[(3 * size) + x] = pixel[3];
            }
        }
        // The span is native memory that the image's finalizer frees.
        GC.KeepAlive(image);
    }

    // Pillow's weights of red, green and blue, in parts of 65,536.
    private static byte Grey(byte red, byte green, byte blue) => (byte)(((red * 19_595) + (green * 38_470) + (blue * 7_471) + 32_768) >> 16);
}
