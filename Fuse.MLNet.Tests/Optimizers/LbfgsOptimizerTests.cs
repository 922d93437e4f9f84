using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Compares L-BFGS with libtorch's.</summary>
[TestClass]
public sealed class LbfgsOptimizerTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(0.01, 20, 100, 6)]
    [DataRow(0.1, 4, 3, 12)]
    [DataRow(1.0, 5, 100, 6)]
    public void StepsAreLibtorchs(double rate, int iterations, int history, int steps)
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = Start();
        using ParameterOptimizer optimizer = Optimizers.LBFGS(rate, iterations, historySize: history).Build([new("x", parameters[0]), new("y", parameters[1])]);
        int calls = 0;
        foreach ((double[] weights, int expectedCalls) in Libtorchs(rate, iterations, history, steps))
        {
            optimizer.Step(() =>
            {
                calls++;
                optimizer.ZeroGrad();
                return Backward(parameters);
            });
            CollectionAssert.AreEqual(weights, Values(parameters));
            Assert.AreEqual(expectedCalls, calls);
        }

        Assert.IsGreaterThan(steps, calls);
    }

    [TestMethod]
    public void TheMinimumIsFoundAndKept()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = Start();
        using ParameterOptimizer optimizer = Optimizers.LBFGS(0.5, 200).Build([new("x", parameters[0]), new("y", parameters[1])]);
        for (int step = 0; step < 5; step++)
            optimizer.Step(() =>
            {
                optimizer.ZeroGrad();
                return Backward(parameters);
            });
        // Rosenbrock's valley ends at (1, 1).
        OptimizerSample.AssertNear([1, 1, 1, 1], Values(parameters), 1e-3);
        int calls = 0;
        optimizer.Step(() =>
        {
            calls++;
            optimizer.ZeroGrad();
            return Backward(parameters);
        });
        Assert.IsInRange(1, 3, calls);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void AResumedOptimizerGoesOnWithTheSameBits(int steps)
    {
        using var scope = NewDisposeScope();
        Parameter[] whole = Start(), part = Start();
        KeyValuePair<string, Parameter>[] Named(Parameter[] values) => [new("x", values[0]), new("y", values[1])];
        OptimizerSpec spec = Optimizers.LBFGS(0.1, 4, historySize: 5);
        using ParameterOptimizer straight = spec.Build(Named(whole)), first = spec.Build(Named(part)), second = spec.Build(Named(part));
        for (int step = 0; step < steps + 3; step++)
        {
            Step(straight, whole);
            if (step == steps)
                second.LoadState(first.SaveState());
            Step(step < steps ? first : second, part);
        }

        CollectionAssert.AreEqual(Values(whole), Values(part));
    }

    [TestMethod]
    public void AStateOfOtherParametersIsNamed()
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = Start();
        using ParameterOptimizer optimizer = Optimizers.LBFGS().Build([new("x", parameters[0]), new("y", parameters[1])]);
        Step(optimizer, parameters);
        using ParameterOptimizer other = Optimizers.LBFGS().Build([new("x", parameters[0])]);
        Assert.Contains("'d' is Float32 [4], expected is Float32 [2]", Assert.ThrowsExactly<InvalidDataException>(() => other.LoadState(optimizer.SaveState())).Message);
    }

    [TestMethod]
    public void ParametersOfTwoTypesAreRefused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("must have one type", Assert.ThrowsExactly<ArgumentException>(() => Optimizers.LBFGS().Build(
            [new("x", new Parameter(zeros(1))), new("y", new Parameter(zeros(1, ScalarType.Float64)))])).Message);
    }

    /// <summary>Steps with libtorch's optimizer, on a thread of its own: TorchSharp goes on counting the losses that it hands to libtorch as live.</summary>
    private static List<(double[] Weights, int Calls)> Libtorchs(double rate, int iterations, int history, int steps)
    {
        var result = new List<(double[], int)>();
        var thread = new Thread(() =>
        {
            using var scope = NewDisposeScope();
            Parameter[] parameters = Start();
            using optim.Optimizer optimizer = optim.LBFGS(parameters, rate, iterations, history_size: history);
            int calls = 0;
            for (int step = 0; step < steps; step++)
            {
                optimizer.step(() =>
                {
                    calls++;
                    optimizer.zero_grad();
                    return Backward(parameters);
                }).Dispose();
                result.Add((Values(parameters), calls));
            }
        });
        thread.Start();
        thread.Join();
        return result;
    }

    private static void Step(ParameterOptimizer optimizer, Parameter[] parameters) => optimizer.Step(() =>
    {
        optimizer.ZeroGrad();
        return Backward(parameters);
    });

    private static Parameter[] Start() => [new Parameter(tensor(new[] { -0.5f, 0.3f })), new Parameter(tensor(new[] { 0.8f, 1.4f }))];

    /// <summary>Runs backward on the sum of two of Rosenbrock's functions.</summary>
    private static Tensor Backward(Parameter[] parameters)
    {
        using var grad = enable_grad();
        Tensor loss = ((1 - parameters[0]).square() + (10 * (parameters[1] - parameters[0].square()).square())).sum();
        loss.backward();
        return loss;
    }

    private static double[] Values(Parameter[] parameters) => OptimizerSample.Values([new("x", parameters[0]), new("y", parameters[1])]);
}
