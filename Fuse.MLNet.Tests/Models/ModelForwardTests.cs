namespace Fuse.MLNet.Tests;

/// <summary>Checks what models over several inputs, backbones or members make.</summary>
[TestClass]
public sealed class ModelForwardTests : LeakCheckedTest
{
    [TestMethod]
    public void MultiHeadJoinsItsInputsOnTheChannels()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new ModelMultiHead { Inputs = ["data.a", "data.b"], Backbone = Network.Of<Times>(2), KeyOutFeatures = "model.f", Heads = [] }, ("data.a", [2, 1, 3]), ("data.b", [2, 2, 3]));
        Assert.IsTrue(batch["model.f"].allclose(2 * cat([batch["data.a"], batch["data.b"]], 1)));
    }

    [TestMethod]
    public void MultiHeadGivesArgumentsInTheirOrder()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new ModelMultiHead { BackboneArguments = ["data.a", "data.b"], Backbone = Network.Of<Minus>(), Heads = [] }, ("data.a", [2, 3]), ("data.b", [2, 3]));
        Assert.IsTrue(batch["model.backbone_features"].allclose(batch["data.a"] - batch["data.b"]));
    }

    [TestMethod]
    public void HeadsRunInTheirOrderAndMayReadEachOther()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new ModelMultiHead
        {
            Inputs = ["data.a"],
            Backbone = new FourFeatures(),
            Heads = [new Head1D { HeadName = "one", Layers = [] }, new Head1D { HeadName = "two", Inputs = ["model.backbone_features", "model.output.one"], NumOutputs = 3, Layers = [] }],
        }, ("data.a", [2, 4]));
        CollectionAssert.AreEqual(new[] { "data.a", "model.backbone_features", "model.logits.one", "model.output.one", "model.logits.two", "model.output.two" }, batch.Keys.ToArray());
        CollectionAssert.AreEqual(new long[] { 2, 3 }, batch["model.output.two"].shape);
    }

    [TestMethod]
    public void ANumberARowIsAFeatureOfOneChannel()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new ModelMultiHead
        {
            Inputs = ["data.a"],
            Backbone = new FourFeatures(),
            Heads = [new Head1D { HeadName = "one", Mode = HeadMode.Regression, NumOutputs = 1 }, new Head1D { HeadName = "two", Inputs = ["model.output.one"], Layers = [] }],
        }, ("data.a", [2, 4]));
        CollectionAssert.AreEqual(new long[] { 2 }, batch["model.output.one"].shape);
        CollectionAssert.AreEqual(new long[] { 2, 2 }, batch["model.output.two"].shape);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void MultistreamGivesEachBackboneItsPart(bool isSplit)
    {
        using var scope = NewDisposeScope();
        var model = new ModelMultistream { Inputs = isSplit ? ["data.a"] : ["data.b", "data.c"], StreamChannels = isSplit ? [1, 2] : [], Backbones = [Network.Of<Times>(2), Network.Of<Times>(-1)], Heads = [] };
        BatchDict batch = Run(model, ("data.a", [2, 3, 4]), ("data.b", [2, 1, 4]), ("data.c", [2, 2, 4]));
        Tensor first = isSplit ? batch["data.a"].narrow(1, 0, 1) : batch["data.b"], second = isSplit ? batch["data.a"].narrow(1, 1, 2) : batch["data.c"];
        Assert.IsTrue(batch["model.backbone_features"].allclose(cat([2 * first, -second], 1)));
    }

    [TestMethod]
    public void SiameseRunsOneBackboneOnBothInputs()
    {
        using var scope = NewDisposeScope();
        using nn.Module<BatchDict, BatchDict> module = new ModelSiamese { Inputs0 = ["data.a"], Inputs1 = ["data.b"], Backbone = Network.Of<Times>(3), Heads = [] }.Build();
        Assert.HasCount(1, module.parameters().ToArray());
        BatchDict batch = module.call(Batch(("data.a", [2, 1, 4]), ("data.b", [2, 1, 4])));
        Assert.IsTrue(batch["model.backbone_features_0"].allclose(3 * batch["data.a"]));
        Assert.IsTrue(batch["model.backbone_features_1"].allclose(3 * batch["data.b"]));
        // Joined, not stacked: [N, 2, ...], where FuseMedML makes [N, 1, 2, ...].
        Assert.IsTrue(batch["model.backbone_features"].allclose(3 * cat([batch["data.a"], batch["data.b"]], 1)));
        CollectionAssert.AreEqual(new long[] { 2, 2, 4 }, batch["model.backbone_features"].shape);
    }

    [TestMethod]
    [DataRow(FusionMode.Residual, true)]
    [DataRow(FusionMode.Residual, false)]
    [DataRow(FusionMode.Concatenate, true)]
    [DataRow(FusionMode.Concatenate, false)]
    public void FusionAddsOrAppendsTheTable(FusionMode mode, bool hasLayers)
    {
        using var scope = NewDisposeScope();
        using nn.Module<BatchDict, BatchDict> module = new ModelFeatureFusion
        {
            Inputs = ["data.a"],
            Backbone = Network.Of<Times>(2),
            FeatureChannels = 3,
            TabularInputs = ["data.t", "data.s"],
            TabularChannels = 3,
            TabularLayers = hasLayers ? [4] : [],
            Fusion = mode,
            Heads = [],
        }.Build();
        module.eval();
        BatchDict batch = Batch(("data.a", [2, 3, 4]), ("data.t", [2, 2]), ("data.s", [2]));
        Tensor image = 2 * batch["data.a"].mean([2]);
        if (mode == FusionMode.Residual)
            Assert.IsTrue(module.call(batch.Copy())["model.backbone_features"].allclose(image, atol: 1e-6), "It starts as the image's features.");
        Formula.Fill(module);
        image = batch["data.a"].mean([2]) * (float)module.state_dict()["backbone.factor"].At(0);
        module.call(batch);
        for (int row = 0; row < 2; row++)
        {
            double[] table = [batch["data.t"].At(row, 0), batch["data.t"].At(row, 1), batch["data.s"].At(row)];
            if (hasLayers)
                table = [.. Formula.Layers(module, table, "tabular.0").Select(value => Math.Max(value, 0))];
            double[] picture = [.. Enumerable.Range(0, 3).Select(i => image.At(row, i))];
            double[] expected = mode == FusionMode.Concatenate ? [.. picture, .. table] : [.. Formula.Layers(module, table, "fusion").Zip(picture, (left, right) => left + right)];
            Formula.AreEqual(expected, [.. Enumerable.Range(0, expected.Length).Select(i => batch["model.backbone_features"].At(row, i))], $"row {row}");
            Assert.AreEqual(expected.Length, batch["model.backbone_features"].shape[1]);
        }
    }

    [TestMethod]
    public void EnsembleAveragesAndVotesByRow()
    {
        using var scope = NewDisposeScope();
        // FuseMedML's example: it votes over whole batches and gives [0, 0, 1].
        BatchDict batch = Ensemble([[0.1f, 0.9f, 0.2f], [0.3f, 0.4f, 0.6f], [0.8f, 0.7f, 0.1f]]);
        CollectionAssert.AreEqual(new long[] { 0, 1, 0 }, batch["model.output.cls_ensemble_majority_vote"].data<long>().ToArray());
        Formula.AreEqual([0.4, 2.0 / 3, 0.3], [.. Enumerable.Range(0, 3).Select(row => batch["model.output.cls_ensemble_average"].At(row, 1))], "average");
        Assert.IsTrue(batch["model.output.ensemble_output_1.cls"].select(1, 1).allclose(tensor(new[] { 0.3f, 0.4f, 0.6f })));
        Assert.IsFalse(batch.ContainsKey("model.output.cls"));
    }

    [TestMethod]
    public void EqualVotesAreDecidedByTheMean()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Ensemble([[0.55f, 0.95f], [0.1f, 0.45f]]);
        CollectionAssert.AreEqual(new long[] { 0, 1 }, batch["model.output.cls_ensemble_majority_vote"].data<long>().ToArray());
    }

    [TestMethod]
    public void NumbersOfAnEnsembleAreAveragedOnly()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new ModelEnsemble { Models = [Output("data.a"), Output("data.b")] }, ("data.a", [3]), ("data.b", [3]));
        Assert.IsTrue(batch["model.output.cls_ensemble_average"].allclose((batch["data.a"] + batch["data.b"]) / 2));
        Assert.IsFalse(batch.ContainsKey("model.output.cls_ensemble_majority_vote"));
    }

    [TestMethod]
    public void WrapDictToSeqIsTheModelSeenAsANetwork()
    {
        using var scope = NewDisposeScope();
        var network = new ModelWrapDictToSeq { Model = new ModelMultiHead { Inputs = ["x"], Backbone = Network.Of<Times>(4), Heads = [] }, InputKey = "x", OutputKey = "model.backbone_features" };
        using var module = (nn.Module<Tensor, Tensor>)network.Build();
        Assert.IsTrue(module.call(ones(2, 3)).allclose(4 * ones(2, 3)));
    }

    private static BatchDict Ensemble(float[][] ofClassOne)
    {
        var batch = new BatchDict { RowCount = ofClassOne[0].Length };
        foreach ((int index, float[] values) in ofClassOne.Index())
            batch[$"data.m{index}"] = stack([1 - tensor(values), tensor(values)], 1);
        using nn.Module<BatchDict, BatchDict> module = new ModelEnsemble { Models = [.. ofClassOne.Select((_, index) => (FuseModel)Output($"data.m{index}"))] }.Build();
        return module.call(batch);
    }

    private static ModelWrapSeqToDict Output(string key) => new() { Model = Network.Of<Times>(1), Inputs = [key], Outputs = ["model.output.cls"] };

    private static BatchDict Run(FuseModel model, params (string Key, long[] Shape)[] values)
    {
        using nn.Module<BatchDict, BatchDict> module = model.Build();
        return module.call(Batch(values));
    }

    private static BatchDict Batch(params (string Key, long[] Shape)[] values)
    {
        var batch = new BatchDict { RowCount = (int)values[0].Shape[0] };
        foreach ((int index, (string key, long[] shape)) in values.Index())
            batch[key] = Formula.Values(index, shape);
        return batch;
    }

    /// <summary>Multiplies by one number.</summary>
    public sealed class Times : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter factor;

        public Times(float value)
            : base(nameof(Times))
        {
            factor = new TorchSharp.Modules.Parameter(full([1], value));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * factor;
    }

    public sealed class Minus() : nn.Module<Tensor, Tensor, Tensor>(nameof(Minus))
    {
        public override Tensor forward(Tensor left, Tensor right) => left - right;
    }

    /// <summary>Says how many features it gives.</summary>
    private sealed record FourFeatures : Backbone
    {
        public override long FeatureCount => 4;

        public override nn.Module Build() => nn.Identity();
    }
}
