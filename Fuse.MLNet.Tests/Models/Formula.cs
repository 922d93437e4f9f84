namespace Fuse.MLNet.Tests;

/// <summary>Fills weights and inputs by a formula, and computes layers by loops over doubles.</summary>
internal static class Formula
{
    /// <summary>Makes values that look irregular, the same ones for a seed and a size.</summary>
    public static Tensor Values(int seed, params long[] shape)
    {
        long count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor(Enumerable.Range(0, (int)count).Select(i => (float)Math.Sin((seed * 1.7) + (i * 0.61) + (i * i * 0.013))).ToArray()).reshape(shape);
    }

    /// <summary>Gives every parameter of a module values of its own.</summary>
    public static void Fill(nn.Module module)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach ((int index, (_, TorchSharp.Modules.Parameter value)) in module.named_parameters().Index())
            value.copy_(Values(index + 1, value.shape));
    }

    /// <summary>Computes linear layers, named by their place in a sequence, with ReLU between them, of one row.</summary>
    public static double[] Layers(nn.Module module, double[] row, params string[] layers)
    {
        Dictionary<string, Tensor> state = module.state_dict();
        foreach ((int index, string layer) in layers.Index())
        {
            float[] weight = [.. state[$"{layer}.weight"].data<float>()];
            float[] bias = [.. state[$"{layer}.bias"].data<float>()];
            double[] input = row;
            row = [.. bias.Select((start, output) => start + input.Select((value, i) => value * weight[(output * input.Length) + i]).Sum())];
            if (index < layers.Length - 1)
                row = [.. row.Select(value => Math.Max(value, 0))];
        }
        return row;
    }

    public static double[] Softmax(double[] logits)
    {
        double[] exponentials = [.. logits.Select(Math.Exp)];
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    public static double Logistic(double value) => 1 / (1 + Math.Exp(-value));

    /// <summary>Reads one element.</summary>
    public static double At(this Tensor tensor, params long[] place)
    {
        using var scope = NewDisposeScope();
        foreach (long index in place)
            tensor = tensor.select(0, index);
        return tensor.item<float>();
    }

    public static void AreEqual(double[] expected, IReadOnlyList<double> actual, string what)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5 * Math.Max(1, Math.Abs(expected[i])), $"{what}, value {i}");
    }
}
