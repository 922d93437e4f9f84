using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Compares every optimizer with TorchSharp's own.</summary>
[TestClass]
public sealed class TorchSharpOptimizerTests : LeakCheckedTest
{
    public static IEnumerable<object[]> Names() => OptimizerCases.All.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void TorchSharpsImplementationGivesItsBits(string name)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] ours = OptimizerSample.Parameters(), theirs = OptimizerSample.Parameters();
        using ParameterOptimizer optimizer = (OptimizerCases.All[name].Ours with { Implementation = OptimizerImplementation.TorchSharp }).Build(ours);
        using optim.Optimizer expected = OptimizerCases.All[name].Theirs(OptimizerCases.ValuesOf(theirs));
        Assert.AreEqual(expected.ParamGroups.First().LearningRate, optimizer.LearningRate);
        Assert.IsFalse(optimizer.NeedsClosure);
        double[] start = OptimizerSample.Values(ours);
        OptimizerSample.Walk(optimizer, ours, 0, 50);
        OptimizerSample.Walk(expected, theirs, 0, 50);
        CollectionAssert.AreEqual(OptimizerSample.Values(theirs), OptimizerSample.Values(ours));
        CollectionAssert.AreNotEqual(start, OptimizerSample.Values(ours));
    }
}
