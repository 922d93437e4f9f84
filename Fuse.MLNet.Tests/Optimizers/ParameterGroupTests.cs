using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ParameterGroupTests : LeakCheckedTest
{
    private static readonly ValueList<ParameterGroup> Groups =
        [new("backbone.bias") { WeightDecay = 0 }, new("backbone.*") { LearningRateFactor = 0.1 }, new("*.bias") { LearningRateFactor = 2, WeightDecay = 0.5 }];

    [TestMethod]
    [DataRow(OptimizerImplementation.Auto)]
    [DataRow(OptimizerImplementation.TorchSharp)]
    public void TheFirstMatchingPatternGivesTheNumbers(OptimizerImplementation implementation)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] ours = OptimizerSample.Parameters(), theirs = OptimizerSample.Parameters();
        using ParameterOptimizer optimizer = (Optimizers.SGD(0.1, 0.9, weightDecay: 0.2) with { Groups = Groups, Implementation = implementation }).Build(ours);
        SGD.ParamGroup Theirs(double rate, double decay, params string[] names) =>
            new([.. theirs.Where(entry => names.Contains(entry.Key)).Select(entry => entry.Value)], rate, 0.9, weight_decay: decay);
        using optim.Optimizer expected = optim.SGD(
            [Theirs(0.1, 0.2, "head.weight", "scale"), Theirs(0.1, 0, "backbone.bias"), Theirs(0.01, 0.2, "backbone.weight"), Theirs(0.2, 0.5, "head.bias")], 0.1);
        Assert.AreEqual(0.1, optimizer.LearningRate);
        OptimizerSample.Walk(optimizer, ours, 0, 10);
        OptimizerSample.Walk(expected, theirs, 0, 10);
        OptimizerSample.AssertNear(OptimizerSample.Values(theirs), OptimizerSample.Values(ours), 1e-6);

        // A schedule's factor is one of each group's own rate, and of what the options give, not of the last one.
        foreach (double factor in new[] { 0.5, 0.25 })
        {
            optimizer.ScaleLearningRate(factor);
            Assert.AreEqual(0.1 * factor, optimizer.LearningRate);
            foreach ((optim.ILearningRateController group, double rate) in expected.ParamGroups.Zip([0.1, 0.1, 0.01, 0.2]))
                group.LearningRate = rate * factor;
            OptimizerSample.Walk(optimizer, ours, 10, 20);
            OptimizerSample.Walk(expected, theirs, 10, 20);
            OptimizerSample.AssertNear(OptimizerSample.Values(theirs), OptimizerSample.Values(ours), 1e-6);
        }
    }

    [TestMethod]
    [DynamicData(nameof(TorchSharpOptimizerTests.Names), typeof(TorchSharpOptimizerTests))]
    public void EveryOptimizerHasGroups(string name)
    {
        using var scope = NewDisposeScope();
        foreach (OptimizerImplementation implementation in Enum.GetValues<OptimizerImplementation>())
        {
            KeyValuePair<string, Parameter>[] grouped = OptimizerSample.Parameters(), alone = OptimizerSample.Parameters();
            OptimizerSpec spec = OptimizerCases.All[name].Ours with { Implementation = implementation };
            using ParameterOptimizer optimizer = (spec with { Groups = [new("head.*") { LearningRateFactor = 0 }] }).Build(grouped);
            // The parameters of no group must step as if they were alone.
            using ParameterOptimizer expected = spec.Build([.. alone.Where(entry => !entry.Key.StartsWith("head", StringComparison.Ordinal))]);
            double[] start = OptimizerSample.Values(grouped);
            OptimizerSample.Walk(optimizer, grouped, 0, 5);
            OptimizerSample.Walk(expected, alone, 0, 5);
            (double[] ends, double[] others) = (OptimizerSample.Values(grouped), OptimizerSample.Values(alone));
            CollectionAssert.AreEqual(others[..25], ends[..25]);
            Assert.AreEqual(others[^1], ends[^1]);
            // A rate of 0 keeps the others as they are.
            CollectionAssert.AreEqual(start[25..^1], ends[25..^1]);
        }
    }

    [TestMethod]
    public void EveryParameterMayBeInAGroup()
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        using ParameterOptimizer optimizer = (Optimizers.SGD(0.5) with { Groups = [new("*") { LearningRateFactor = 0.1 }] }).Build(parameters);
        double[] start = OptimizerSample.Values(parameters);
        foreach ((_, Parameter parameter) in parameters)
            parameter.grad = ones_like(parameter);
        optimizer.Step(null);
        OptimizerSample.AssertNear([.. start.Select(value => value - 0.05)], OptimizerSample.Values(parameters), 1e-6);
    }

    [TestMethod]
    [DataRow("head.wieght", "Did you mean 'head.weight'")]
    [DataRow("nothing.like.this*", "There are: 'backbone.weight'")]
    public void APatternMustMatch(string pattern, string hint)
    {
        using var scope = NewDisposeScope();
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => (Optimizers.Adam() with { Groups = [new(pattern)] }).Build(OptimizerSample.Parameters()));
        Assert.Contains($"'{pattern}' of Groups matches no parameter", error.Message);
        Assert.Contains(hint, error.Message);
    }

    [TestMethod]
    public void AGroupHiddenByOneBeforeItIsNamed()
    {
        using var scope = NewDisposeScope();
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() =>
            (Optimizers.Adam() with { Groups = [new("head.*"), new("head.bias") { WeightDecay = 0 }] }).Build(OptimizerSample.Parameters()));
        Assert.Contains("Every parameter that 'head.bias' of Groups matches is in a group before it", error.Message);
    }

    [TestMethod]
    public void OptimizersWithoutWeightDecayOrGroupsSaySo()
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        Assert.Contains("no weight decay", Assert.ThrowsExactly<ArgumentException>(() => (Optimizers.Rprop() with { Groups = [new("head.*") { WeightDecay = 0.1 }] }).Build(parameters)).Message);
        Assert.Contains("cannot have Groups", Assert.ThrowsExactly<ArgumentException>(() => (Optimizers.LBFGS() with { Groups = [new("head.*")] }).Build(parameters)).Message);
        Assert.Contains("belong to the optimizer", Assert.ThrowsExactly<ArgumentException>(() => (Optimizers.SAM(Optimizers.SGD(1)) with { Groups = [new("head.*")] }).Build(parameters)).Message);
    }
}
