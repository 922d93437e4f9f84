namespace Fuse.MLNet.Tests;

/// <summary>Describes what cannot be.</summary>
[TestClass]
public sealed class DescriptionErrorTests
{
    [TestMethod]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    [DataRow(-1.0)]
    public void ALearningRateMustBeANumberThatIsNotNegative(double rate)
    {
        foreach (Action make in new Action[] { () => Optimizers.Adam(rate), () => Optimizers.AdamW(rate), () => Optimizers.SGD(rate) })
            Assert.AreEqual("lr", Assert.ThrowsExactly<ArgumentOutOfRangeException>(make).ParamName);
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(-1L)]
    public void AShapeMustBePositive(long size) =>
        Assert.Contains("leave the batch dimension out", Assert.ThrowsExactly<ArgumentException>(() => new TensorColumn("Pixels", [size, 28, 28])).Message);

    [TestMethod]
    public void NamesMustNotBeEmpty()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new TensorColumn(""));
        Assert.ThrowsExactly<ArgumentException>(() => new OutputColumn(""));
        Assert.ThrowsExactly<ArgumentException>(() => new LossDefault((p, t) => p, "", "data.label"));
        Assert.ThrowsExactly<ArgumentException>(() => new LossDefault((p, t) => p, "model.output", ""));
    }

    [TestMethod]
    public void DescriptionsCompareByValue()
    {
        Assert.AreEqual(new TensorColumn("Pixels", [1, 28, 28]) { Mean = [0.5f] }, new TensorColumn("Pixels", [1, 28, 28]) { Mean = [0.5f] });
        Assert.AreNotEqual(new TensorColumn("Pixels", [1, 28, 28]), new TensorColumn("Pixels", [28, 28, 1]));
        Assert.AreEqual(Optimizers.Adam(0.1), Optimizers.Adam(0.1));
        Assert.AreNotEqual(Optimizers.Adam(0.1), Optimizers.AdamW(0.1));
        Assert.AreEqual("[1, 28, 28]", new TensorColumn("Pixels", [1, 28, 28]).Shape.ToString());
    }
}
