namespace Fuse.MLNet.Tests;

/// <summary>Trains networks of which a part is frozen.</summary>
[TestClass]
public sealed class FreezeTests : LeakCheckedTest
{
    [TestMethod]
    public void FrozenPartStaysAsItIsWithItsStatistics()
    {
        FuseTransformer start = Own(Fit(new() { MaxEpochs = 1, BatchSize = 16, Optimizer = Optimizers.SGD(0) }));
        FuseTransformer trained = Own(Fit(new() { MaxEpochs = 2, BatchSize = 16, Freeze = { "backbone.*" } }));
        FuseTransformer free = Own(Fit(new() { MaxEpochs = 2, BatchSize = 16 }));
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> before = Initial().state_dict(), after = trained.Network.state_dict(), all = free.Network.state_dict();
        foreach (string name in before.Keys)
        {
            bool isFrozen = name.StartsWith("backbone.", StringComparison.Ordinal);
            Assert.AreEqual(isFrozen, Same(before[name], after[name]), name);
            Assert.IsFalse(Same(before[name], all[name]), name);
        }

        // A rate of zero leaves the weights, not the running statistics.
        Assert.IsFalse(Same(before["backbone.norm.running_mean"], start.Network.state_dict()["backbone.norm.running_mean"]));
    }

    [TestMethod]
    public void PartNamedModelIsFoundByItsName()
    {
        FuseTransformer model = Own(Learning.Classify(options: new() { MaxEpochs = 1, Freeze = { "model.*" }, ModelDirectory = Folder }, network: Network.Of<PartNamedModel>()));
        random.manual_seed(TrainingSeeds.ForInitialization(1));
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> before = new PartNamedModel().state_dict(), after = model.Network.state_dict();
        Assert.IsTrue(Same(before["model.weight"], after["model.weight"]));
        Assert.IsFalse(Same(before["weight.weight"], after["weight.weight"]));
    }

    [TestMethod]
    public void PatternThatMatchesNothingIsNamed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Own(Fit(new() { Freeze = { "bakbone.*" } })));
        Assert.Contains("'bakbone.*' of Freeze matches no parameter", error.Message);
    }

    [TestMethod]
    public void NetworkOfFrozenPartsOnlyIsRefused()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(Fit(new() { Freeze = { "*" } })));
        Assert.Contains("no parameter to train", error.Message);
    }

    private static bool Same(Tensor left, Tensor right) => left.HostBytes().SequenceEqual(right.HostBytes());

    private static FuseTransformer Fit(FuseTrainer.TrainingOptions options) => Learning.Classify(options: options, network: Network.Of<TwoPart>());

    private static TwoPart Initial()
    {
        random.manual_seed(TrainingSeeds.ForInitialization(1));
        return new TwoPart();
    }

    /// <summary>Has a part with the name that the library's own wrapper gives.</summary>
    public sealed class PartNamedModel : nn.Module<Tensor, Tensor>
    {
        [TorchSharp.Utils.ComponentName(Name = "model")]
        private readonly TorchSharp.Modules.Linear _model = nn.Linear(2, 4);
        [TorchSharp.Utils.ComponentName(Name = "weight")]
        private readonly TorchSharp.Modules.Linear _head = nn.Linear(4, 3);

        public PartNamedModel()
            : base(nameof(PartNamedModel)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _head.call(_model.call(input));
    }

    /// <summary>Has a part with batch normalization and dropout, and a head.</summary>
    public sealed class TwoPart : nn.Module<Tensor, Tensor>
    {
        [TorchSharp.Utils.ComponentName(Name = "backbone")]
        private readonly TorchSharp.Modules.Sequential _backbone =
            nn.Sequential(("linear", nn.Linear(2, 4)), ("norm", nn.BatchNorm1d(4)), ("drop", nn.Dropout(0.5)));
        [TorchSharp.Utils.ComponentName(Name = "head")]
        private readonly TorchSharp.Modules.Linear _head = nn.Linear(4, 3);

        public TwoPart()
            : base(nameof(TwoPart)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _head.call(_backbone.call(input));
    }
}
