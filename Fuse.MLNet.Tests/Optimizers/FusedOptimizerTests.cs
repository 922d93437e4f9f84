using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Compares the optimizers that libtorch's kernels step with TorchSharp's.</summary>
[TestClass]
public sealed class FusedOptimizerTests : LeakCheckedTest
{
    private const int Steps = 200;

    public static IEnumerable<object[]> Names() => OptimizerCases.Fused.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void FusedStepsAreTorchSharps(string name)
    {
        foreach ((ScalarType type, double tolerance) in new[] { (ScalarType.Float32, 1e-6), (ScalarType.Float64, 1e-12) })
        {
            using var scope = NewDisposeScope();
            KeyValuePair<string, Parameter>[] ours = OptimizerSample.Parameters(type), theirs = OptimizerSample.Parameters(type);
            using ParameterOptimizer optimizer = OptimizerCases.All[name].Ours.Build(ours);
            Assert.IsInstanceOfType<FusedOptimizer>(optimizer);
            using optim.Optimizer expected = OptimizerCases.All[name].Theirs(OptimizerCases.ValuesOf(theirs));
            for (int step = 0; step < Steps; step += 50)
            {
                OptimizerSample.Walk(optimizer, ours, step, step + 50);
                OptimizerSample.Walk(expected, theirs, step, step + 50);
                OptimizerSample.AssertNear(OptimizerSample.Values(theirs), OptimizerSample.Values(ours), tolerance, $"of {type} after step {step + 50}");
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ParametersWithoutAGradientStayAndCountTheirOwnSteps(string name)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] ours = OptimizerSample.Parameters(ScalarType.Float64), theirs = OptimizerSample.Parameters(ScalarType.Float64);
        double[] start = OptimizerSample.Values(ours);
        using ParameterOptimizer optimizer = OptimizerCases.All[name].Ours.Build(ours);
        using optim.Optimizer expected = OptimizerCases.All[name].Theirs(OptimizerCases.ValuesOf(theirs));
        foreach ((int from, int to, string[] without) in new (int, int, string[])[]
        {
            (0, 3, ["backbone.weight", "head.bias"]), (3, 5, ["backbone.weight"]), (5, 9, []), (9, 10, ["scale", "backbone.weight", "backbone.bias", "head.weight", "head.bias"]), (10, 20, ["scale"]),
        })
        {
            OptimizerSample.Walk(optimizer, ours, from, to, without);
            OptimizerSample.Walk(expected, theirs, from, to, without);
            OptimizerSample.AssertNear(OptimizerSample.Values(theirs), OptimizerSample.Values(ours), 1e-12, $"after step {to}");
            if (to == 3)
                CollectionAssert.AreEqual(start[..20], OptimizerSample.Values(ours)[..20], "a parameter without a gradient moved");
        }
    }

    [TestMethod]
    [DataRow(0.0, 0.9, 0.999)]
    [DataRow(0.1, 0.8, 0.9)]
    public void RAdamFollowsItsPaper(double weightDecay, double beta1, double beta2)
    {
        const double Rate = 0.01, Eps = 1e-6;
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor(new[] { 0.7, -1.3 }));
        using ParameterOptimizer optimizer = Optimizers.RAdam(Rate, beta1, beta2, Eps, weightDecay).Build([new("w", parameter)]);
        Assert.IsInstanceOfType<FusedOptimizer>(optimizer);
        double[] weights = [0.7, -1.3], means = [0, 0], squares = [0, 0];
        double limit = (2 / (1 - beta2)) - 1;
        int rectifiedSteps = 0;
        for (int t = 1; t <= 100; t++)
        {
            double[] slope = [Math.Sin(t), 0.3 + Math.Cos(2 * t)];
            parameter.grad = tensor(slope);
            optimizer.Step(null);
            double length = limit - (2 * t * Math.Pow(beta2, t) / (1 - Math.Pow(beta2, t)));
            rectifiedSteps += length > 5 ? 1 : 0;
            for (int i = 0; i < 2; i++)
            {
                double gradient = slope[i] + (weightDecay * weights[i]);
                means[i] = (beta1 * means[i]) + ((1 - beta1) * gradient);
                squares[i] = (beta2 * squares[i]) + ((1 - beta2) * gradient * gradient);
                double mean = means[i] / (1 - Math.Pow(beta1, t));
                double rectified = Math.Sqrt((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length));
                weights[i] -= length > 5 ? Rate * mean * rectified * Math.Sqrt(1 - Math.Pow(beta2, t)) / (Math.Sqrt(squares[i]) + Eps) : Rate * mean;
            }
        }

        Assert.IsInRange(50, 99, rectifiedSteps);
        OptimizerSample.AssertNear(weights, parameter.data<double>().ToArray(), 1e-12);
    }

    [TestMethod]
    [DataRow(0.5, 1.2, 1e-6, 50.0)]
    [DataRow(0.25, 1.7, 2e-2, 0.05)]
    public void RpropFollowsItsPaper(double etaMinus, double etaPlus, double minStep, double maxStep)
    {
        const double Rate = 0.03;
        using var scope = NewDisposeScope();
        using var parameter = new Parameter(tensor(new[] { 0.7, -1.3, 0.2 }));
        using ParameterOptimizer optimizer = Optimizers.Rprop(Rate, etaMinus, etaPlus, minStep, maxStep).Build([new("w", parameter)]);
        double[] weights = [0.7, -1.3, 0.2], previous = [0, 0, 0], sizes = [Rate, Rate, Rate];
        int turns = 0;
        for (int t = 1; t <= 40; t++)
        {
            double[] slope = [Math.Sin(t), 1, t % 3 == 0 ? 0 : Math.Cos(0.2 * t)];
            parameter.grad = tensor(slope);
            optimizer.Step(null);
            for (int i = 0; i < 3; i++)
            {
                double product = slope[i] * previous[i];
                turns += product < 0 ? 1 : 0;
                sizes[i] = Math.Clamp(sizes[i] * (product > 0 ? etaPlus : product < 0 ? etaMinus : 1), minStep, maxStep);
                previous[i] = product < 0 ? 0 : slope[i];
                weights[i] -= Math.Sign(previous[i]) * sizes[i];
            }
        }

        Assert.IsInRange(5, 30, turns);
        OptimizerSample.AssertNear(weights, parameter.data<double>().ToArray(), 1e-12);
    }

    [TestMethod]
    public void RpropCannotBeTorchSharps() => Assert.Contains("Implementation", Assert.ThrowsExactly<NotSupportedException>(() =>
    {
        using var scope = NewDisposeScope();
        (Optimizers.Rprop() with { Implementation = OptimizerImplementation.TorchSharp }).Build(OptimizerSample.Parameters());
    }).Message);

    [TestMethod]
    public void GradientsLaidOutOtherwiseThanTheirParameterStepTheSame()
    {
        using var scope = NewDisposeScope();
        foreach (bool transposed in new[] { false, true })
        {
            Tensor start = arange(12, ScalarType.Float32).reshape(3, 4);
            Tensor slope = arange(12, ScalarType.Float32).reshape(4, 3).t();
            using var ours = new Parameter(transposed ? start.t().contiguous().t() : start.clone());
            using var theirs = new Parameter(start.clone());
            (ours.grad, theirs.grad) = (transposed ? slope.contiguous() : slope, slope.contiguous());
            using ParameterOptimizer optimizer = Optimizers.Adam(0.1).Build([new("w", ours)]);
            Assert.IsInstanceOfType<FusedOptimizer>(optimizer);
            using optim.Optimizer expected = optim.Adam([theirs], 0.1);
            optimizer.Step(null);
            expected.step();
            OptimizerSample.AssertNear(OptimizerSample.Values([new("w", theirs)]), OptimizerSample.Values([new("w", ours)]), 1e-6, $"transposed: {transposed}");
        }
    }

    [TestMethod]
    [DataRow(ScalarType.Float16)]
    [DataRow(ScalarType.BFloat16)]
    public void OtherTypesAreSteppedByTorchSharp(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using ParameterOptimizer optimizer = Optimizers.Adam().Build(OptimizerSample.Parameters(type));
        Assert.IsInstanceOfType<TorchSharpOptimizer>(optimizer);
    }

    [TestMethod]
    public void TypesMayBeMixed()
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] Mixed() => [OptimizerSample.Parameters()[0], OptimizerSample.Parameters(ScalarType.Float64)[1]];
        KeyValuePair<string, Parameter>[] ours = Mixed(), theirs = Mixed();
        using ParameterOptimizer optimizer = Optimizers.Adam(0.1).Build(ours);
        Assert.IsInstanceOfType<FusedOptimizer>(optimizer);
        using optim.Optimizer expected = optim.Adam(OptimizerCases.ValuesOf(theirs), 0.1);
        OptimizerSample.Walk(optimizer, ours, 0, 20);
        OptimizerSample.Walk(expected, theirs, 0, 20);
        OptimizerSample.AssertNear(OptimizerSample.Values(theirs), OptimizerSample.Values(ours), 1e-6);
    }

    [TestMethod]
    public void ASparseGradientIsNamed()
    {
        using var scope = NewDisposeScope();
        using var embedding = nn.Embedding(5, 2, sparse: true);
        using ParameterOptimizer optimizer = Optimizers.Adam().Build([new("words.weight", embedding.weight!)]);
        embedding.call(tensor(new long[] { 1, 3 })).sum().backward();
        NotSupportedException error = Assert.ThrowsExactly<NotSupportedException>(() => optimizer.Step(null));
        Assert.Contains("'words.weight' has a sparse gradient", error.Message);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void StepsLeaveTheGradients(string name)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        using ParameterOptimizer optimizer = OptimizerCases.All[name].Ours.Build(parameters);
        OptimizerSample.SetGradients(parameters, 0);
        Tensor[] before = [.. parameters.Select(parameter => parameter.Value.grad!.clone())];
        optimizer.Step(null);
        for (int i = 0; i < parameters.Length; i++)
            CollectionAssert.AreEqual(before[i].data<float>().ToArray(), parameters[i].Value.grad!.data<float>().ToArray(), parameters[i].Key);
    }

    [TestMethod]
    public void ForgottenGradientsAreAddedUpAnew()
    {
        using var scope = NewDisposeScope();
        foreach (OptimizerImplementation implementation in Enum.GetValues<OptimizerImplementation>())
        {
            using var parameter = new Parameter(ones(2));
            using ParameterOptimizer optimizer = (Optimizers.SGD(1) with { Implementation = implementation }).Build([new("w", parameter)]);
            (parameter * 5).sum().backward();
            optimizer.ZeroGrad();
            for (int batch = 0; batch < 2; batch++)
                (parameter * 2).sum().backward();
            optimizer.Step(null);
            CollectionAssert.AreEqual(new double[] { -3, -3 }, OptimizerSample.Values([new("w", parameter)]));
        }
    }

    [TestMethod]
    public void OptimizersMayStepOnSeveralThreadsAtOnce()
    {
        double[] Run()
        {
            using var scope = NewDisposeScope();
            KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
            using ParameterOptimizer optimizer = Optimizers.AdamW(0.01).Build(parameters);
            OptimizerSample.Walk(optimizer, parameters, 0, 50);
            return OptimizerSample.Values(parameters);
        }

        double[] expected = Run();
        OnOtherThreads([.. Enumerable.Repeat<Action>(() => CollectionAssert.AreEqual(expected, Run()), 4)]);
    }

    [TestMethod]
    [DataRow("adam")]
    [DataRow("sgd, nesterov")]
    [DataRow("rmsprop, centered")]
    public void StepsStandGarbageCollectionsOnOtherThreads(string name)
    {
        using var scope = NewDisposeScope();
        double[] Run()
        {
            KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
            using ParameterOptimizer optimizer = OptimizerCases.All[name].Ours.Build(parameters);
            OptimizerSample.SetGradients(parameters, 0);
            for (int step = 0; step < 100; step++)
            {
                optimizer.ScaleLearningRate(1.0 / (1 + step));
                GradientClip.Norm(OptimizerCases.ValuesOf(parameters), 0.5)!.Dispose();
                optimizer.Step(null);
            }

            return OptimizerSample.Values(parameters);
        }

        double[] expected = Run();
        using var stop = new ManualResetEventSlim();
        var collector = new Thread(() =>
        {
            while (!stop.IsSet)
                GC.Collect(0, GCCollectionMode.Forced);
        });
        collector.Start();
        try
        {
            CollectionAssert.AreEqual(expected, Run());
        }
        finally
        {
            stop.Set();
            collector.Join();
        }
    }
}
