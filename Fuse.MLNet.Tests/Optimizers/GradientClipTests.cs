using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Compares the clipping of gradients with TorchSharp's.</summary>
[TestClass]
public sealed class GradientClipTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(0.5, ScalarType.Float32)]
    [DataRow(100.0, ScalarType.Float32)]
    [DataRow(0.0, ScalarType.Float32)]
    [DataRow(0.5, ScalarType.Float64)]
    public void ANormIsClippedAsTorchSharpDoes(double limit, ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Parameter[] ours, Parameter[] theirs) = Pair(type, without: []);
        Tensor? norm = GradientClip.Norm(ours, limit);
        double expected = nn.utils.clip_grad_norm_(theirs, limit);
        Assert.AreEqual(expected, norm!.Number(), 1e-6 * expected);
        OptimizerSample.AssertNear(Gradients(theirs), Gradients(ours), 1e-6);
    }

    [TestMethod]
    [DataRow(0.3, ScalarType.Float32)]
    [DataRow(9.0, ScalarType.Float64)]
    public void ElementsAreClippedAsTorchSharpDoes(double limit, ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Parameter[] ours, Parameter[] theirs) = Pair(type, without: []);
        GradientClip.Value(ours, limit);
        nn.utils.clip_grad_value_(theirs, limit);
        OptimizerSample.AssertNear(Gradients(theirs), Gradients(ours), 1e-6);
    }

    [TestMethod]
    public void GradientsAreDivided()
    {
        using var scope = NewDisposeScope();
        (Parameter[] ours, Parameter[] theirs) = Pair(ScalarType.Float32, without: ["scale"]);
        GradientClip.Divide(ours, 7);
        OptimizerSample.AssertNear([.. Gradients(theirs).Select(value => value / 7)], Gradients(ours), 1e-7);
    }

    [TestMethod]
    public void ParametersWithoutAGradientAreLeftOut()
    {
        using var scope = NewDisposeScope();
        (Parameter[] ours, _) = Pair(ScalarType.Float32, without: ["backbone.weight", "scale"]);
        double[] gradients = Gradients(ours);
        double norm = Math.Sqrt(gradients.Sum(value => value * value));
        Assert.AreEqual(norm, GradientClip.Norm(ours, norm / 2)!.Number(), 1e-5);
        OptimizerSample.AssertNear([.. gradients.Select(value => value / 2)], Gradients(ours), 1e-5);
        GradientClip.Value(ours, 0.1);
        OptimizerSample.AssertNear([.. gradients.Select(value => Math.Clamp(value / 2, -0.1, 0.1))], Gradients(ours), 1e-6);
        foreach (Parameter parameter in ours)
            parameter.grad = null;
        Assert.IsNull(GradientClip.Norm(ours, 1));
        GradientClip.Value(ours, 1);
    }

    [TestMethod]
    public void TypesMayBeMixed()
    {
        using var scope = NewDisposeScope();
        using var single = new Parameter(zeros(1));
        using var wide = new Parameter(zeros(1, ScalarType.Float64));
        (single.grad, wide.grad) = (tensor(new[] { 3f }), tensor(new[] { -4.0 }));
        Assert.AreEqual(5, GradientClip.Norm([single, wide], 1)!.Number(), 1e-6);
        OptimizerSample.AssertNear([0.6, -0.8], Gradients([single, wide]), 1e-6);
        GradientClip.Value([single, wide], 0.7);
        OptimizerSample.AssertNear([0.6, -0.7], Gradients([single, wide]), 1e-6);
    }

    [TestMethod]
    public void ANormThatIsNotFiniteIsSeen()
    {
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(zeros(2));
        parameter.grad = tensor(new[] { float.PositiveInfinity, 1f });
        Assert.AreEqual(double.PositiveInfinity, GradientClip.Norm([parameter], 1)!.Number());
    }

    private static (Parameter[] Ours, Parameter[] Theirs) Pair(ScalarType type, string[] without)
    {
        KeyValuePair<string, Parameter>[][] both = [OptimizerSample.Parameters(type), OptimizerSample.Parameters(type)];
        foreach (KeyValuePair<string, Parameter>[] parameters in both)
            OptimizerSample.SetGradients(parameters, 3, without);
        return (OptimizerCases.ValuesOf(both[0]), OptimizerCases.ValuesOf(both[1]));
    }

    private static double[] Gradients(Parameter[] parameters)
    {
        using var scope = NewDisposeScope();
        return cat([.. parameters.Select(parameter => parameter.grad).OfType<Tensor>().Select(gradient => gradient.flatten().to(ScalarType.Float64))]).data<double>().ToArray();
    }
}
