namespace Fuse.MLNet.Tests;

/// <summary>Compares schedules with TorchSharp's own, epoch by epoch.</summary>
[TestClass]
public sealed class ScheduleTests : LeakCheckedTest
{
    private const int Epochs = 12;

    private static readonly Dictionary<string, (ScheduleSpec Ours, Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> Theirs)> Schedulers = new()
    {
        ["step"] = (Schedules.Step(3, 0.5), optimizer => optim.lr_scheduler.StepLR(optimizer, 3, 0.5)),
        ["multi-step"] = (Schedules.MultiStep([2, 7], 0.3), optimizer => optim.lr_scheduler.MultiStepLR(optimizer, [2, 7], 0.3)),
        ["exponential"] = (Schedules.Exponential(0.9), optimizer => optim.lr_scheduler.ExponentialLR(optimizer, 0.9)),
        ["cosine"] = (Schedules.Cosine(0.1), optimizer => optim.lr_scheduler.CosineAnnealingLR(optimizer, Epochs, 0.1)),
        ["polynomial"] = (Schedules.Polynomial(2), optimizer => optim.lr_scheduler.PolynomialLR(optimizer, Epochs, 2)),
    };

    public static IEnumerable<object[]> Names() => Schedulers.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void FactorsEqualTorchSharps(string name)
    {
        using var parameter = new TorchSharp.Modules.Parameter(zeros(1));
        using optim.Optimizer optimizer = optim.SGD([parameter], 1.0);
        optim.lr_scheduler.LRScheduler theirs = Schedulers[name].Theirs(optimizer);
        IReadOnlyList<double> ours = Schedulers[name].Ours.Simulate(Epochs);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            Assert.AreEqual(optimizer.ParamGroups.First().LearningRate, ours[epoch], 1e-9, $"epoch {epoch}");
            theirs.step();
        }
    }

    [TestMethod]
    public void WarmUpRisesByStepsAndThenFollows()
    {
        IReadOnlyList<double> factors = Schedules.WarmUp(4, Schedules.Step(2, 0.5)).Simulate(epochs: 4, stepsPerEpoch: 2);
        double[] expected = [0, 0.25, 0.5, 0.75, 0.5, 0.5, 0.5, 0.5];
        for (int step = 0; step < expected.Length; step++)
            Assert.AreEqual(expected[step], factors[step], 1e-12);
    }

    [TestMethod]
    public void OneCycleRisesAndFalls()
    {
        IReadOnlyList<double> factors = Schedules.OneCycle(0.25, 0.1, 0.001).Simulate(epochs: 8, stepsPerEpoch: 10);
        Assert.AreEqual(0.1, factors[0], 1e-12);
        Assert.AreEqual(1, factors[20], 1e-12);
        Assert.AreEqual(0.55, factors[10], 1e-12);
        Assert.AreEqual((1 + 0.001) / 2, factors[50], 1e-12);
        Assert.IsTrue(factors[79] is > 0.001 and < 0.01);
    }

    [TestMethod]
    [DataRow("5 4 4 4 4 4 3 3 3 3 2 2", 1, 0, MonitorMode.Min)]
    [DataRow("5 4 4 4 4 4 3 3 3 3 2 2", 1, 2, MonitorMode.Min)]
    [DataRow("1 2 2 2 3 3 3 3 3 3 3 3", 2, 1, MonitorMode.Max)]
    [DataRow("1 1 1 1 1 1 1 1 1 1 1 1", 0, 0, MonitorMode.Min)]
    [DataRow("5 NaN NaN 4 NaN NaN NaN 3 NaN NaN 2 2", 1, 0, MonitorMode.Min)]
    [DataRow("NaN NaN NaN 4 3 3 3 3 NaN 2 2 2", 1, 0, MonitorMode.Min)]
    [DataRow("5 4.8 4.6 4.4 4.2 4 3.8 3.6 3 2 2 2", 1, 0, MonitorMode.Min, 0.5)]
    public void PlateauFactorsEqualTorchSharps(string values, int patience, int cooldown, MonitorMode mode, double minDelta = 0)
    {
        double[] sequence = [.. values.Split(' ').Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
        using var parameter = new TorchSharp.Modules.Parameter(zeros(1));
        using optim.Optimizer optimizer = optim.SGD([parameter], 1.0);
        var theirs = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode == MonitorMode.Min ? "min" : "max", 0.5, patience, threshold: minDelta, threshold_mode: "abs",
            cooldown: cooldown, min_lr: [0.05]);
        ScheduleSpec ours = Schedules.ReduceOnPlateau("loss", mode, 0.5, patience, minDelta, cooldown: cooldown, minFactor: 0.05);
        for (int epoch = 0; epoch < sequence.Length; epoch++)
        {
            double[] seen = sequence[..epoch];
            Assert.AreEqual(optimizer.ParamGroups.First().LearningRate, ours.Factor(new ScheduleTime(epoch, epoch, 12) { Logged = _ => seen }), 1e-12, $"epoch {epoch}");
            theirs.step(sequence[epoch]);
        }
    }
}
