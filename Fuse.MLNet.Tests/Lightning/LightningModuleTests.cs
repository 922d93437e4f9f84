using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains modules of the user's own.</summary>
[TestClass]
public sealed class LightningModuleTests : LeakCheckedTest
{
    private const int Seed = 4;
    private readonly MLContext _ml = new(Seed);

    [TestMethod]
    public void OwnModuleTrainsLikeTheReadyMadeOne()
    {
        FuseTransformer own = Fit(LightningModule.Of<CustomClassifier>(0.01), new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.25, BestEpochSource = [new("validation.losses.loss")] });
        FuseTransformer readyMade = Own(Learning.Classifier(_ml, new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.25, Optimizer = Optimizers.Adam(0.01) },
            Network.Of<DropoutClassifier>()).Fit(Samples.Keyed(_ml, 60)));
        CollectionAssert.AreEqual(Learning.Weights(readyMade.Network), Learning.Weights(own.Network));
        foreach (string name in new[] { "train.losses.loss", "validation.losses.loss" })
            for (int epoch = 0; epoch < 2; epoch++)
                Assert.AreEqual(readyMade.History[name][epoch], own.History[name][epoch], 1e-6, name);
        Assert.AreEqual(readyMade.BestEpoch, own.BestEpoch);
    }

    [TestMethod]
    public void OwnModuleIsSavedAndLoaded()
    {
        FuseTransformer own = Fit(LightningModule.Of<CustomClassifier>(0.01), new() { MaxEpochs = 1 });
        string path = Path.Combine(Folder, "model.zip");
        IDataView rows = Samples.Keyed(_ml, 30);
        _ml.Model.Save(own, rows.Schema, path);
        var loaded = (FuseTransformer)Own(new MLContext().Model.Load(path, out _));
        Assert.IsInstanceOfType<CustomClassifier>(loaded.Network);
        Assert.AreEqual(own.History, loaded.History);
        Learning.AreEqual(Learning.Scores(own.Transform(rows)), Learning.Scores(loaded.Transform(rows)));
        using nn.Module copy = loaded.CreateModule();
        CollectionAssert.AreEqual(Learning.Weights(own.Network), Learning.Weights(copy));
    }

    [TestMethod]
    public void ModuleDerivedFromTheReadyMadeOneKeepsWhatItChanges()
    {
        FuseTrainer.Options options = Options(LightningModule.Of<ScaledModule>(2f));
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.output"] };
        options.Losses["cls_loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), "model.output", "data.label");
        IDataView rows = Samples.Keyed(_ml, 30);
        FuseTransformer model = Own(_ml.Fuse().Train(options).Fit(rows));
        Assert.AreEqual(2.0, model.History["train.scale"][0]);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, rows.Schema, path);
        var loaded = (FuseTransformer)Own(new MLContext().Model.Load(path, out _));
        float[][] scores = Learning.Scores(loaded.Transform(rows));
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), scores);
        using var scope = NewDisposeScope();
        using nn.Module copy = model.CreateModule();
        var module = (ScaledModule)copy;
        Tensor direct = ((nn.Module<BatchDict, BatchDict>)module).call(new BatchDict { RowCount = 1, ["data.input"] = tensor(Samples.Blobs(1)[0].Features).unsqueeze(0) })["model.output"];
        Assert.AreEqual(direct[0, 0].item<float>() * 2, scores[0][0], 1e-6f);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void SeveralOptimizersGiveTheBitsOfAnIndependentLoop(bool isManual)
    {
        const int Rows = 48, BatchSize = 8;
        FuseTransformer model = Fit(LightningModule.Of<TwoPartModule>(isManual), new() { MaxEpochs = 2, BatchSize = BatchSize, Device = FuseDevice.Cpu }, Rows);

        using var scope = NewDisposeScope();
        Sample[] samples = Samples.Blobs(Rows);
        Tensor inputs = tensor(samples.SelectMany(row => row.Features).ToArray()).reshape(Rows, 2);
        Tensor labels = tensor(samples.Select(row => (long)row.Key).ToArray());
        random.manual_seed(TrainingSeeds.ForInitialization(Seed));
        using TorchSharp.Modules.Linear first = nn.Linear(2, 4);
        using TorchSharp.Modules.Linear second = nn.Linear(4, 3);
        using optim.Optimizer sgd = optim.SGD(first.parameters(), 0.1, momentum: 0.9);
        using optim.Optimizer adam = optim.Adam(second.parameters(), 0.05);
        int step = 0;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            foreach (optim.ILearningRateController group in sgd.ParamGroups)
                group.LearningRate = 0.1 * Math.Pow(0.5, epoch);
            foreach (int[] indices in TrainingSeeds.Permutation(Rows, Seed, epoch).Chunk(BatchSize))
            {
                Tensor batch = tensor(indices.Select(index => (long)index).ToArray());
                bool stepsFirst = !isManual || step % 2 == 0, stepsSecond = !isManual || step % 2 == 1;
                if (stepsFirst)
                    sgd.zero_grad();
                if (stepsSecond)
                    adam.zero_grad();
                nn.functional.cross_entropy(second.call(first.call(inputs.index_select(0, batch))), labels.index_select(0, batch)).backward();
                if (stepsFirst)
                    sgd.step();
                if (stepsSecond)
                    adam.step();
                step++;
            }
        }

        CollectionAssert.AreEqual((byte[])[.. Learning.Weights(first), .. Learning.Weights(second)], Learning.Weights(model.Network));
    }

    [TestMethod]
    [DataRow("first.*", "belongs to no optimizer", DisplayName = "a parameter without an optimizer")]
    [DataRow("first.* sekond.*", "[sekond.*] has no parameter left to train. There are: 'first.weight'", DisplayName = "a pattern that matches none")]
    public void PatternsThatDoNotFitAreNamed(string patterns, string expected)
    {
        Exception error = Assert.Throws<Exception>(() => Fit(LightningModule.Of<TwoPartModule>(false, patterns), new() { MaxEpochs = 1 }));
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void ManualOptimizationThatCannotBeIsNamed()
    {
        InvalidOperationException missing = Assert.ThrowsExactly<InvalidOperationException>(() =>
            Fit(LightningModule.Of<TwoPartModule>(true, "first.* second.*", 2), new() { MaxEpochs = 1 }));
        Assert.Contains("There is no optimizer 2", missing.Message);
        InvalidOperationException accumulated = Assert.ThrowsExactly<InvalidOperationException>(() =>
            Fit(LightningModule.Of<TwoPartModule>(true), new() { MaxEpochs = 1, AccumulateBatches = 2 }));
        Assert.Contains("does not go with manual optimization", accumulated.Message);
    }

    [TestMethod]
    public void ManualRunResumesToTheSameBits()
    {
        FuseTrainer.Options Run(string folder, long? steps = null) => new() { MaxEpochs = 3, BatchSize = 8, MaxSteps = steps, ModelDirectory = Path.Combine(Folder, folder) };
        FuseTransformer whole = Fit(LightningModule.Of<TwoPartModule>(true), Run("whole"));
        Fit(LightningModule.Of<TwoPartModule>(true), Run("parts", steps: 11));
        FuseTrainer.Options resumed = Run("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Fit(LightningModule.Of<TwoPartModule>(true), resumed);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void StepWithAScopeOfItsOwnTrainsAndItsErrorIsSeen()
    {
        FuseTransformer model = Fit(LightningModule.Of<ScopedModule>(false), new() { MaxEpochs = 1, BatchSize = 16 });
        Assert.AreEqual(1.0, model.History["forwards.training"][0], "What is logged before training, in the first look at the network, is of no epoch.");
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Fit(LightningModule.Of<ScopedModule>(true), new() { MaxEpochs = 1 }));
        Assert.Contains("the real error", error.Message);
        Assert.Contains("a tensor that was freed", error.Message);
    }

    [TestMethod]
    public void NameLoggedInTwoWaysIsNamed()
    {
        FuseTrainer.Options options = Options(LightningModule.Of<TotalLogger>());
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.output"] };
        options.Losses["cls_loss"] = new LossCrossEntropy { Pred = "model.output" };
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 30))));
        Assert.Contains("'train.losses.total_loss' is logged twice", error.Message);
    }

    [TestMethod]
    public void OwnModuleBesideAModelIsRefused()
    {
        FuseTrainer.Options options = Options(LightningModule.Of<CustomClassifier>(0.01));
        options.Losses["cls_loss"] = new LossDefault((p, t) => p.sum(), "model.output", "data.label");
        ArgumentException error = Assert.Throws<ArgumentException>(() => _ml.Fuse().Train(options));
        Assert.Contains("which has its own networks", error.Message);
        ArgumentException arguments = Assert.Throws<ArgumentException>(() => LightningModule.Of<CustomClassifier>("fast"));
        Assert.Contains("Double lr", arguments.Message);
    }

    /// <summary>Logs a name that the ready-made module logs too.</summary>
    public sealed class TotalLogger(LightningModuleDefaultArguments arguments) : LightningModuleDefault(arguments)
    {
        public override void OnTrainEpochEnd() => Log("train.losses.total_loss", 1);
    }

    private FuseTransformer Fit(LightningModuleSpec module, FuseTrainer.Options options, int rows = 60)
    {
        FuseTrainer.Options filled = Options(module, options);
        return Own(_ml.Fuse().Train(filled).Fit(Samples.Keyed(_ml, rows)));
    }

    private static FuseTrainer.Options Options(LightningModuleSpec module, FuseTrainer.Options? options = null)
    {
        options ??= new() { MaxEpochs = 1, BatchSize = 16 };
        options.Module = module;
        options.Columns["data.input"] = new("Features");
        options.Columns["data.label"] = new("Label");
        options.Outputs["Score"] = new("model.output", "Label");
        return options;
    }
}
