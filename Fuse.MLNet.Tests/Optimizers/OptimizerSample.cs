using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Makes parameters of several shapes, and a recorded sequence of gradients for them.</summary>
internal static class OptimizerSample
{
    private static readonly (string Name, long[] Shape)[] Shapes =
        [("backbone.weight", [5, 4]), ("backbone.bias", [5]), ("head.weight", [2, 3, 2]), ("head.bias", [1]), ("scale", [])];

    /// <summary>Makes the same parameters each time.</summary>
    public static KeyValuePair<string, Parameter>[] Parameters(ScalarType type = ScalarType.Float32)
    {
        using var generator = new Generator(1);
        return [.. Shapes.Select(entry => KeyValuePair.Create(entry.Name, new Parameter(randn(entry.Shape, type, generator: generator))))];
    }

    /// <summary>Gives parameters the gradients of a step, a noisy slope with changing signs.</summary>
    public static void SetGradients(KeyValuePair<string, Parameter>[] parameters, int step, params string[] without)
    {
        using var generator = new Generator((ulong)(1000 + step));
        foreach ((string name, Parameter parameter) in parameters)
        {
            Tensor gradient = randn(parameter.shape, ScalarType.Float64, generator: generator).to(parameter.dtype).to(parameter.device);
            parameter.grad = without.Contains(name) ? null : gradient;
        }
    }

    /// <summary>Takes steps along the recorded gradients.</summary>
    public static void Walk(ParameterOptimizer optimizer, KeyValuePair<string, Parameter>[] parameters, int from, int to, params string[] without)
    {
        for (int step = from; step < to; step++)
        {
            using var scope = NewDisposeScope();
            SetGradients(parameters, step, without);
            optimizer.Step(null);
        }
    }

    /// <summary>Takes steps with an optimizer of TorchSharp's.</summary>
    public static void Walk(optim.Optimizer optimizer, KeyValuePair<string, Parameter>[] parameters, int from, int to, params string[] without)
    {
        for (int step = from; step < to; step++)
        {
            using var scope = NewDisposeScope();
            SetGradients(parameters, step, without);
            optimizer.step();
        }
    }

    /// <summary>Reads all parameters as one array.</summary>
    public static double[] Values(KeyValuePair<string, Parameter>[] parameters)
    {
        using var scope = NewDisposeScope();
        return cat([.. parameters.Select(parameter => parameter.Value.detach().cpu().flatten().to(ScalarType.Float64))]).data<double>().ToArray();
    }

    /// <summary>Compares element by element, relative to 1 or the value's size.</summary>
    public static void AssertNear(double[] expected, double[] actual, double tolerance, string? message = null)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance * Math.Max(1, Math.Abs(expected[i])), $"element {i} {message}");
    }
}
