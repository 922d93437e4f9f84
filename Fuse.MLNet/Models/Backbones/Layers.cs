namespace Fuse.MLNet;

/// <summary>Makes layers over 1, 2 or 3 spatial dimensions.</summary>
internal static class Layers
{
    /// <summary>Makes a convolution; sizes are one for each spatial dimension.</summary>
    public static nn.Module<Tensor, Tensor> Convolution(long inputs, long outputs, long[] kernel, long[] stride, long[] padding, bool bias = true) => kernel.Length switch
    {
        1 => SizedLayer.Conv1d(inputs, outputs, kernel[0], stride[0], padding[0], bias: bias),
        2 => SizedLayer.Conv2d(inputs, outputs, (kernel[0], kernel[1]), (stride[0], stride[1]), (padding[0], padding[1]), bias: bias),
        _ => SizedLayer.Conv3d(inputs, outputs, (kernel[0], kernel[1], kernel[2]), (stride[0], stride[1], stride[2]), (padding[0], padding[1], padding[2]), bias: bias),
    };

    /// <summary>Makes a convolution of one size and stride in each of 2 or 3 dimensions; the padding keeps the size at stride 1.</summary>
    public static nn.Module<Tensor, Tensor> Convolution(int dimensions, long inputs, long outputs, long kernel, long stride = 1, bool bias = true) =>
        Convolution(inputs, outputs, Cube(dimensions, kernel), Cube(dimensions, stride), Cube(dimensions, kernel / 2), bias);

    /// <summary>Makes a transposed convolution that doubles every side.</summary>
    public static nn.Module<Tensor, Tensor> UpConvolution(int dimensions, long inputs, long outputs) =>
        dimensions == 2 ? SizedLayer.ConvTranspose2d(inputs, outputs, 2, 2) : SizedLayer.ConvTranspose3d(inputs, outputs, 2, 2);

    public static nn.Module<Tensor, Tensor> BatchNorm(int dimensions, long channels) =>
        dimensions == 2 ? SizedLayer.BatchNorm2d(channels) : SizedLayer.BatchNorm3d(channels);

    /// <summary>Halves every side by the largest of each 2 x 2 (x 2) values.</summary>
    public static Tensor Halve(Tensor input) => input.dim() == 4 ? nn.functional.max_pool2d(input, 2) : nn.functional.max_pool3d(input, [2, 2, 2], [2, 2, 2]);

    /// <summary>Pools <c>[N, C, ...]</c> to <c>[N, C]</c>, or gives the input when there is no pooling.</summary>
    public static Tensor Pool(Tensor input, GlobalPooling? pooling) => pooling switch
    {
        GlobalPooling.Average => input.flatten(2).mean([2]),
        GlobalPooling.Max => input.flatten(2).amax([2]),
        _ => input,
    };

    private static long[] Cube(int dimensions, long size) => [.. Enumerable.Repeat(size, dimensions)];
}
