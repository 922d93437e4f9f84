namespace Fuse.MLNet;

/// <summary>Makes the layers that have parameters, for everything that a description builds, each taken from the <see cref="ParameterBudget"/> first.</summary>
/// <remarks>Arguments are those of TorchSharp's factories of the same names.</remarks>
internal static class SizedLayer
{
    public static TorchSharp.Modules.Linear Linear(long inputs, long outputs, bool hasBias = true)
    {
        ParameterBudget.Take(outputs, inputs);
        TakeIf(hasBias, outputs);
        return nn.Linear(inputs, outputs, hasBias);
    }

    public static TorchSharp.Modules.LayerNorm LayerNorm(long size, double eps = 1e-5)
    {
        TakeTwo(size);
        return nn.LayerNorm(size, eps);
    }

    public static nn.Module<Tensor, Tensor> Conv1d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, bool bias = true)
    {
        ParameterBudget.Take(outputs, inputs, kernel);
        TakeIf(bias, outputs);
        return nn.Conv1d(inputs, outputs, kernel, stride, padding, bias: bias);
    }

    public static nn.Module<Tensor, Tensor> Conv2d(long inputs, long outputs, long kernel, long stride = 1, long padding = 0, long groups = 1, bool bias = true) =>
        Conv2d(inputs, outputs, (kernel, kernel), (stride, stride), (padding, padding), groups, bias);

    public static nn.Module<Tensor, Tensor> Conv2d(
        long inputs, long outputs, (long Height, long Width) kernel, (long Height, long Width) stride, (long Height, long Width) padding, long groups = 1, bool bias = true)
    {
        ParameterBudget.Take(outputs, inputs / groups, kernel.Height, kernel.Width);
        TakeIf(bias, outputs);
        return nn.Conv2d(inputs, outputs, kernel, stride, padding, groups: groups, bias: bias);
    }

    public static nn.Module<Tensor, Tensor> Conv3d(
        long inputs, long outputs, (long Depth, long Height, long Width) kernel, (long Depth, long Height, long Width) stride, (long Depth, long Height, long Width) padding,
        long groups = 1, bool bias = true)
    {
        ParameterBudget.Take(outputs, inputs / groups, kernel.Depth, kernel.Height, kernel.Width);
        TakeIf(bias, outputs);
        return nn.Conv3d(inputs, outputs, kernel, stride, padding, groups: groups, bias: bias);
    }

    public static nn.Module<Tensor, Tensor> ConvTranspose2d(long inputs, long outputs, long kernel, long stride)
    {
        ParameterBudget.Take(inputs, outputs, kernel, kernel);
        ParameterBudget.Take(outputs);
        return nn.ConvTranspose2d(inputs, outputs, kernel, stride);
    }

    public static nn.Module<Tensor, Tensor> ConvTranspose3d(long inputs, long outputs, long kernel, long stride)
    {
        ParameterBudget.Take(inputs, outputs, kernel, kernel, kernel);
        ParameterBudget.Take(outputs);
        return nn.ConvTranspose3d(inputs, outputs, kernel, stride);
    }

    public static nn.Module<Tensor, Tensor> BatchNorm2d(long channels, double eps = 1e-5, double momentum = 0.1)
    {
        TakeTwo(channels);
        return nn.BatchNorm2d(channels, eps, momentum);
    }

    public static nn.Module<Tensor, Tensor> BatchNorm3d(long channels)
    {
        TakeTwo(channels);
        return nn.BatchNorm3d(channels);
    }

    public static TorchSharp.Modules.Embedding Embedding(long count, long size)
    {
        ParameterBudget.Take(count, size);
        return nn.Embedding(count, size);
    }

    public static nn.Module<Tensor, Tensor> PReLU(long channels)
    {
        ParameterBudget.Take(channels);
        return nn.PReLU(channels);
    }

    /// <summary>Makes the zeros that a parameter starts from.</summary>
    public static Tensor Zeros(params ReadOnlySpan<long> shape) => Full(0, shape);

    /// <summary>Makes equal values that a parameter starts from.</summary>
    public static Tensor Full(float value, params ReadOnlySpan<long> shape)
    {
        ParameterBudget.Take(shape);
        return full(shape, value);
    }

    /// <summary>Draws normal values that a parameter starts from.</summary>
    public static Tensor Normal(params ReadOnlySpan<long> shape)
    {
        ParameterBudget.Take(shape);
        return randn(shape);
    }

    private static void TakeIf(bool isThere, long size)
    {
        if (isThere)
            ParameterBudget.Take(size);
    }

    // A scale and a shift.
    private static void TakeTwo(long size)
    {
        ParameterBudget.Take(size);
        ParameterBudget.Take(size);
    }
}
