namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class ModelWrapSeqToDictTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(Activation.None, new[] { 1f, 2, 3 })]
    [DataRow(Activation.Softmax, new[] { 0.09003057f, 0.24472847f, 0.66524096f })]
    [DataRow(Activation.Sigmoid, new[] { 0.7310586f, 0.8807971f, 0.95257413f })]
    [DataRow(Activation.Exp, new[] { 2.7182817f, 7.389056f, 20.085537f })]
    public void TheActivatedOutputStandsAloneOrBesideTheRawOne(Activation activation, float[] expected)
    {
        Check(["model.output.y"], ["model.output.y"]);
        if (activation != Activation.None)
            Check(["model.logits.y", "model.output.y"], ["model.logits.y", "model.output.y"]);

        void Check(ValueList<string?> outputs, string[] keys)
        {
            using var scope = NewDisposeScope();
            BatchDict batch = Run(new() { Model = Network.Of<Identity>(), Inputs = ["data.x"], Outputs = outputs, PostForward = activation });
            CollectionAssert.AreEqual(new[] { "data.x", "data.z" }.Concat(keys).ToArray(), batch.Keys.ToArray());
            Assert.IsTrue(batch["model.output.y"].allclose(tensor(expected).reshape(1, 3), atol: 1e-6));
            if (keys.Length == 2)
                Assert.IsTrue(batch["model.logits.y"].allclose(batch["data.x"]));
        }
    }

    [TestMethod]
    public void SeveralInputsAndOutputsGoByTheirOrder()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new() { Model = Network.Of<SumAndDifference>(), Inputs = ["data.x", "data.z"], Outputs = ["sum", "difference"] });
        Assert.IsTrue(batch["sum"].allclose(tensor(new[] { 11f, 22, 33 })));
        Assert.IsTrue(batch["difference"].allclose(tensor(new[] { -9f, -18, -27 })));
        BatchDict listed = Run(new() { Model = Network.Of<Parts>(), Inputs = ["data.x"], Outputs = ["a", "b", "c"] });
        Assert.AreEqual(3f, listed["c"].item<float>());
    }

    [TestMethod]
    public void NamedInputsGoByTheirNamesAndOutputsWithoutAKeyAreLeftOut()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Run(new() { Model = Network.Of<SumAndDifference>(), NamedInputs = [new("right", "data.x"), new("left", "data.z")], Outputs = [null, "difference"] });
        CollectionAssert.AreEqual(new[] { "data.x", "data.z", "difference" }, batch.Keys.ToArray());
        Assert.IsTrue(batch["difference"].allclose(tensor(new[] { 9f, 18, 27 })));
    }

    [TestMethod]
    public void WhatDoesNotFitIsNamed()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("Identity cannot be called with 2 input tensor(s)", Assert.ThrowsExactly<ArgumentException>(() =>
            Run(new() { Model = Network.Of<Identity>(), Inputs = ["data.x", "data.z"], Outputs = ["y"] })).Message);
        Assert.Contains("gave 2 outputs; ModelWrapSeqToDict.Outputs names [sum]", Assert.ThrowsExactly<InvalidOperationException>(() =>
            Run(new() { Model = Network.Of<SumAndDifference>(), Inputs = ["data.x", "data.z"], Outputs = ["sum"] })).Message);
        Assert.Contains("Did you mean 'data.x'", Assert.ThrowsExactly<KeyNotFoundException>(() =>
            Run(new() { Model = Network.Of<Identity>(), Inputs = ["data.y"], Outputs = ["y"] })).Message);
    }

    private static BatchDict Run(ModelWrapSeqToDict description)
    {
        var batch = new BatchDict { RowCount = 1 };
        batch["data.x"] = tensor(new[] { 1f, 2, 3 }).reshape(1, 3);
        batch["data.z"] = tensor(new[] { 10f, 20, 30 }).reshape(1, 3);
        using nn.Module<BatchDict, BatchDict> module = description.Build();
        return module.call(batch);
    }

    public sealed class Identity() : nn.Module<Tensor, Tensor>(nameof(Identity))
    {
        public override Tensor forward(Tensor input) => input.alias();
    }

    public sealed class SumAndDifference() : nn.Module<Tensor, Tensor, (Tensor, Tensor)>(nameof(SumAndDifference))
    {
        public override (Tensor, Tensor) forward(Tensor left, Tensor right) => (left + right, left - right);
    }

    public sealed class Parts() : nn.Module<Tensor, Tensor[]>(nameof(Parts))
    {
        public override Tensor[] forward(Tensor input) => input.split(1, 1);
    }
}
