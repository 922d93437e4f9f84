using Fuse.MLNet.Examples.MultiHead;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class MultiHeadExampleTests : LeakCheckedTest
{
    [TestMethod]
    public void AModelOfTwoHeadsIsTrainedAndSaved()
    {
        string model = Path.Combine(Folder, "model.zip");
        MultiHeadExample.Run(gauges: 150, epochs: 1, seed: 1, model, testGauges: 100);
        Assert.IsTrue(File.Exists(model));
    }

    [TestMethod]
    [DataRow(99, 1, "", "--gauges must be at least 100")]
    [DataRow(100, 0, "", "--epochs must be at least 1; it is 0")]
    [DataRow(100, 1, "none", "The folder of the model file")]
    public void WhatCannotWorkIsNamedBeforeTraining(int gauges, int epochs, string folder, string expected)
    {
        Exception error = Assert.Throws<Exception>(() => MultiHeadExample.Run(gauges, epochs, seed: 1, Path.Combine(Folder, folder, "model.zip")));
        Assert.Contains(expected, error.Message);
        Assert.DoesNotContain("\n", error.Message);
    }
}
