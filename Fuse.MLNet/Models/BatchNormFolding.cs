using System.Runtime.CompilerServices;
using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Makes batch normalizations part of the convolution or linear layer right before them, in a module that only scores.</summary>
/// <remarks>
/// In evaluation mode a batch normalization multiplies each channel and adds to it, as the layer's weight and bias can. Only pairs that are known are folded: those that stand behind each other in a
/// <c>Sequential</c>, and those of the library's own blocks.
/// </remarks>
internal static class BatchNormFolding
{
    /// <summary>Counts the batch normalizations of a module.</summary>
    public static int Count(nn.Module module) => All(module).Count(part => part is BatchNorm);

    /// <summary>Folds what can be folded.</summary>
    /// <param name="module">The module, in evaluation mode, to change.</param>
    /// <returns>The number of batch normalizations that are gone.</returns>
    public static int Fold(nn.Module module)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        nn.Module[] modules = All(module);
        // A layer that several modules hold may be called without its normalization, too.
        HashSet<nn.Module> shared = [.. modules.SelectMany(parent => parent.named_children()).GroupBy(child => child.module).Where(uses => uses.Count() > 1).Select(uses => uses.Key)];
        bool TryFold(nn.Module? layer, nn.Module? norm) => layer is not null && norm is BatchNorm batchNorm && !shared.Contains(layer) && !shared.Contains(norm) && FoldInto(layer, batchNorm);
        int folded = 0;
        foreach (nn.Module each in modules)
        {
            if (each is INormalizedLayers block)
                foreach (NormalizedLayer pair in block.NormalizedLayers.Where(pair => TryFold(pair.Layer, pair.Norm)))
                {
                    pair.ReplaceNorm(nn.Identity());
                    folded++;
                }
            else if (each is Sequential sequential)
                folded += FoldItems(Items(sequential), TryFold);
        }
        return folded;
    }

    private static int FoldItems(List<nn.IModule<Tensor, Tensor>> items, Func<nn.Module?, nn.Module?, bool> tryFold)
    {
        int folded = 0;
        for (int i = 1; i < items.Count; i++)
        {
            var norm = items[i] as nn.Module;
            if (!tryFold(items[i - 1] as nn.Module, norm))
                continue;
            items[i] = nn.Identity();
            norm!.Dispose();
            folded++;
        }
        return folded;
    }

    private static nn.Module[] All(nn.Module module) => [.. module.modules().Append(module).Distinct()];

    private static bool FoldInto(nn.Module layer, BatchNorm norm)
    {
        // Without statistics of its own it normalizes by the batch's.
        if (norm.running_mean is not { } mean || norm.running_var is not { } variance)
            return false;
        using Scalar eps = norm.eps;
        Tensor scale = variance.to(ScalarType.Float64).add(eps).rsqrt();
        if (norm.weight is { } factor)
            scale = scale.mul(factor);
        switch (layer)
        {
            case Convolution { transposed: false } convolution:
                Multiply(convolution.weight, scale);
                convolution.bias = Shifted(convolution.bias, convolution.weight, mean, scale, norm.bias);
                return true;
            case Linear linear:
                Multiply(linear.weight, scale);
                linear.bias = Shifted(linear.bias, linear.weight, mean, scale, norm.bias);
                return true;
            default:
                return false;
        }
    }

    private static void Multiply(Tensor weight, Tensor scale) => weight.copy_(weight.mul(scale.reshape([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)])));

    private static Parameter Shifted(Tensor? bias, Tensor weight, Tensor mean, Tensor scale, Tensor? shift)
    {
        Tensor value = (bias is null ? mean.neg() : bias.sub(mean)).mul(scale);
        return nn.Parameter((shift is null ? value : value.add(shift)).to(weight.dtype), requires_grad: false);
    }

    // TorchSharp's list of a Sequential's modules can only be appended to.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_modules")]
    private static extern ref List<nn.IModule<Tensor, Tensor>> Items(Sequential sequential);
}
