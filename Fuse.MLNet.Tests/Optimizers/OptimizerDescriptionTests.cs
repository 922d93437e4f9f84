namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class OptimizerDescriptionTests
{
    private static readonly Dictionary<string, Action> Wrong = new()
    {
        ["lr"] = () => Optimizers.Rprop(double.NaN),
        ["beta1"] = () => Optimizers.Adam(beta1: 1),
        ["beta2"] = () => Optimizers.AdamW(beta2: -0.1),
        ["eps"] = () => Optimizers.NAdam(eps: -1),
        ["weightDecay"] = () => Optimizers.RAdam(weightDecay: double.PositiveInfinity),
        ["momentum"] = () => Optimizers.SGD(0.1, momentum: -0.1),
        ["rho"] = () => Optimizers.SAM(Optimizers.SGD(0.1), rho: 0),
        ["alpha"] = () => Optimizers.RMSProp(alpha: 2),
        ["lrDecay"] = () => Optimizers.Adagrad(lrDecay: double.NaN),
        ["t0"] = () => Optimizers.ASGD(t0: -1),
        ["etaMinus"] = () => Optimizers.Rprop(etaMinus: 1.5),
        ["maxIterations"] = () => Optimizers.LBFGS(maxIterations: 0),
        ["maxEvaluations"] = () => Optimizers.LBFGS(maxEvaluations: 0),
        ["historySize"] = () => Optimizers.LBFGS(historySize: 0),
        ["LearningRateFactor"] = () => _ = new ParameterGroup("*") { LearningRateFactor = -1 },
        ["WeightDecay"] = () => _ = new ParameterGroup("*") { WeightDecay = double.NaN },
    };

    public static IEnumerable<object[]> Options() => Wrong.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Options))]
    public void ANumberOutOfRangeIsNamed(string option) => Assert.AreEqual(option, Assert.ThrowsExactly<ArgumentOutOfRangeException>(Wrong[option]).ParamName);

    [TestMethod]
    public void WhatCannotGoTogetherIsRefused()
    {
        Assert.AreEqual("nesterov", Assert.ThrowsExactly<ArgumentException>(() => Optimizers.SGD(0.1, nesterov: true)).ParamName);
        Assert.AreEqual("nesterov", Assert.ThrowsExactly<ArgumentException>(() => Optimizers.SGD(0.1, 0.9, 0.1, nesterov: true)).ParamName);
        Assert.AreEqual("minStep", Assert.ThrowsExactly<ArgumentException>(() => Optimizers.Rprop(minStep: 2, maxStep: 1)).ParamName);
        Assert.ThrowsExactly<ArgumentException>(() => Optimizers.SAM(Optimizers.LBFGS()));
        Assert.ThrowsExactly<ArgumentException>(() => Optimizers.SAM(Optimizers.SAM(Optimizers.Adam())));
        Assert.ThrowsExactly<ArgumentException>(() => new ParameterGroup(""));
    }

    [TestMethod]
    public void DescriptionsCompareByValueAndTellTheirOptions()
    {
        OptimizerSpec Make(double factor) => Optimizers.AdamW(0.1) with { Groups = [new("head.*") { LearningRateFactor = factor, WeightDecay = 0 }] };
        Assert.AreEqual(Make(0.5), Make(0.5));
        Assert.AreNotEqual(Make(0.5), Make(0.25));
        Assert.AreEqual(Optimizers.SAM(Make(1)), Optimizers.SAM(Make(1)));
        Assert.AreNotEqual(Optimizers.SAM(Make(1)), Optimizers.SAM(Make(1), adaptive: true));
        Assert.Contains("head.*", Make(0.5).ToString());
        Assert.Contains("LearningRate = 0.1", Make(0.5).ToString());
    }

    [TestMethod]
    public void AnOptimizerIsAConfigurationOfAllParameters()
    {
        OptimizerConfiguration configuration = Optimizers.Adam(0.1);
        Assert.AreEqual(new OptimizerConfiguration(Optimizers.Adam(0.1)), configuration);
        CollectionAssert.AreEqual(new[] { "*" }, configuration.Parameters.ToArray());
        Assert.IsNull(configuration.Schedule);
        Assert.AreEqual("Optimizer", Assert.ThrowsExactly<ArgumentNullException>(() => new OptimizerConfiguration(null!)).ParamName);
    }
}
