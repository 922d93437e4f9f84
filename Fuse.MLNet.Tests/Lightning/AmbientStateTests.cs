using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains and scores inside of what a caller has opened: modes without gradients, and dispose scopes.</summary>
[TestClass]
public sealed class AmbientStateTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void TrainingWithoutGradientsAroundItIsTraining()
    {
        FuseTransformer expected = Own(Fit());
        FuseTransformer actual;
        using (no_grad())
            actual = Own(Fit());
        CollectionAssert.AreEqual(Learning.Weights(expected.Network), Learning.Weights(actual.Network));
        Assert.AreEqual(expected.History, actual.History);
        Assert.IsTrue(is_grad_enabled());
    }

    [TestMethod]
    public void ScoringWithinACallersScopeSurvivesIt()
    {
        FuseTransformer transformer = Own(Fit());
        IDataView view = Samples.Keyed(_ml, 40);
        float[][] expected = Learning.Scores(transformer.Transform(view));
        IDataView scored;
        using (var scope = NewDisposeScope())
        {
            Tensor own = ones(3);
            scored = transformer.Transform(view);
            Learning.AreEqual(expected, Learning.Scores(scored));
            Assert.AreEqual(3f, own.sum().item<float>());
        }
        Learning.AreEqual(expected, Learning.Scores(scored));
        Learning.AreEqual(expected, Learning.Scores(transformer.Transform(view)));
    }

    [TestMethod]
    public void WhatIsMadeWithinACallersScopeSurvivesIt()
    {
        string path = Path.Combine(Folder, "model.zip");
        IDataView view = Samples.Keyed(_ml, 40);
        FuseTransformer fitted;
        FuseTransformer loaded;
        nn.Module copy;
        using (NewDisposeScope())
        {
            fitted = Own(Fit());
            _ml.Model.Save(fitted, view.Schema, path);
            loaded = (FuseTransformer)Own(_ml.Model.Load(path, out _));
            copy = Own(fitted.CreateModule());
        }
        Learning.AreEqual(Learning.Scores(fitted.Transform(view)), Learning.Scores(loaded.Transform(view)), 1e-6f);
        CollectionAssert.AreEqual(Learning.Weights(fitted.Network), Learning.Weights(copy));
    }

    private FuseTransformer Fit() => Learning.Classifier(_ml, new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.2 }).Fit(Samples.Keyed(_ml, 40));
}
