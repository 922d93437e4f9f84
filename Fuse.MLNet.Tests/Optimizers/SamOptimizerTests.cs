using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SamOptimizerTests : LeakCheckedTest
{
    private const double Rate = 0.1;

    [TestMethod]
    [DataRow(0.05, false)]
    [DataRow(0.5, false)]
    [DataRow(0.5, true)]
    public void AStepOnAQuadraticIsTheClosedForm(double rho, bool adaptive)
    {
        // f(w) = sum of c w^2 / 2 over two parameters: its gradient is c w, everywhere.
        double[] curvature = [1, 4, 0.5], weights = [1, -2, 3];
        using var scope = NewDisposeScope();
        using var first = new Parameter(tensor(weights[..2]));
        using var second = new Parameter(tensor(weights[2..]));
        Tensor c1 = tensor(curvature[..2]), c2 = tensor(curvature[2..]);
        Tensor Loss() => ((c1 * first * first).sum() + (c2 * second * second).sum()) / 2;
        using ParameterOptimizer optimizer = Optimizers.SAM(Optimizers.SGD(Rate), rho, adaptive).Build([new("a", first), new("b", second)]);
        Assert.IsTrue(optimizer.NeedsClosure);
        Assert.AreEqual(Rate, optimizer.LearningRate);
        for (int step = 0; step < 5; step++)
        {
            optimizer.ZeroGrad();
            Loss().backward();
            Walk(optimizer, Loss);
            double[] gradient = [.. weights.Zip(curvature, (w, c) => c * w)];
            double[] scaled = [.. gradient.Zip(weights, (g, w) => adaptive ? g * Math.Abs(w) : g)];
            double norm = Math.Sqrt(scaled.Sum(value => value * value));
            weights = [.. weights.Select((w, i) => w - (Rate * curvature[i] * (w + (rho / norm * scaled[i] * (adaptive ? Math.Abs(w) : 1)))))];
            OptimizerSample.AssertNear(weights, OptimizerSample.Values([new("a", first), new("b", second)]), 1e-9, $"after step {step}");
        }
    }

    [TestMethod]
    public void AGradientOfZeroAndAParameterWithoutOneDoNoHarm()
    {
        using var scope = NewDisposeScope();
        using var still = new Parameter(zeros(2));
        using var unused = new Parameter(ones(2));
        using ParameterOptimizer optimizer = Optimizers.SAM(Optimizers.SGD(Rate)).Build([new("still", still), new("unused", unused)]);
        Tensor Loss() => (still * still).sum();
        Loss().backward();
        Walk(optimizer, Loss);
        CollectionAssert.AreEqual(new double[] { 0, 0, 1, 1 }, OptimizerSample.Values([new("a", still), new("b", unused)]));
        optimizer.ZeroGrad();
        Walk(optimizer, () => (unused * 0).sum());
        CollectionAssert.AreEqual(new double[] { 0, 0, 1, 1 }, OptimizerSample.Values([new("a", still), new("b", unused)]));
    }

    [TestMethod]
    public void AFailingClosureLeavesTheWeights()
    {
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor(new[] { 0.1f, 0.7f }));
        using ParameterOptimizer optimizer = Optimizers.SAM(Optimizers.SGD(Rate), 3).Build([new("w", parameter)]);
        (parameter * parameter).sum().backward();
        double[] start = OptimizerSample.Values([new("w", parameter)]);
        Assert.ThrowsExactly<InvalidOperationException>(() => optimizer.Step(() =>
        {
            CollectionAssert.AreNotEqual(start, OptimizerSample.Values([new("w", parameter)]), "The closure runs at the worst point near.");
            throw new InvalidOperationException("no");
        }));
        CollectionAssert.AreEqual(start, OptimizerSample.Values([new("w", parameter)]));
    }

    [TestMethod]
    public void TheOptimizerInsideHasTheGroupsTheScheduleAndTheState()
    {
        using var scope = NewDisposeScope();
        OptimizerSpec inside = Optimizers.SGD(1, momentum: 0.5) with { Groups = [new("b") { LearningRateFactor = 0.1 }] };
        using var a = new Parameter(ones(1));
        using var b = new Parameter(ones(1));
        using ParameterOptimizer optimizer = Optimizers.SAM(inside).Build([new("a", a), new("b", b)]);
        optimizer.ScaleLearningRate(0.5);
        Assert.AreEqual(0.5, optimizer.LearningRate);
        Tensor Loss() => (a + b).sum();
        Loss().backward();
        Walk(optimizer, Loss);
        // A slope of 1 everywhere: half a unit, and a tenth of that.
        OptimizerSample.AssertNear([0.5, 0.95], OptimizerSample.Values([new("a", a), new("b", b)]), 1e-6);
        Assert.IsTrue(optimizer.SaveState().ContainsKey("momentum_buffer.a"));
    }

    private static void Walk(ParameterOptimizer optimizer, Func<Tensor> loss) => optimizer.Step(() =>
    {
        optimizer.ZeroGrad();
        Tensor value = loss();
        value.backward();
        return value;
    });
}
