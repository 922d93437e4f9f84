using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Validates on views whose keys were made by the same or by other steps.</summary>
[TestClass]
public sealed class ValidationKeyTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void KeysThatStandForOtherValuesAreRefused()
    {
        // The first row seen gets the first key: a, b, c in one view, c, b, a in the other.
        IDataView train = Samples.Keyed(_ml, Samples.Blobs(30));
        IDataView validation = Samples.Keyed(_ml, Samples.Blobs(12, seed: 2).Reverse());
        ArgumentException error = Assert.Throws<ArgumentException>(() => Learning.Classifier(_ml).Fit(train, validation));
        Assert.Contains("column 'Label'", error.Message);
    }

    [TestMethod]
    public void FewerKeysAreRefused()
    {
        IDataView train = Samples.Keyed(_ml, Samples.Blobs(30));
        IDataView validation = Samples.Keyed(_ml, Samples.Blobs(30).Where(row => row.Label != "c"));
        Assert.Contains("column 'Label'", Assert.Throws<ArgumentException>(() => Learning.Classifier(_ml).Fit(train, validation)).Message);
    }

    [TestMethod]
    public void KeysOfOneFittedStepAgree()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Samples.Blobs(30));
        IDataView others = _ml.Data.LoadFromEnumerable(Samples.Blobs(12, seed: 2).Reverse());
        ITransformer map = Own<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows));
        FuseTransformer transformer = Own(Learning.Classifier(_ml).Fit(map.Transform(rows), map.Transform(others)));
        using var scope = NewDisposeScope();
        Sample[] validation = Samples.Blobs(12, seed: 2);
        Tensor expected = nn.functional.cross_entropy(Learning.Forward(transformer.Network, validation), tensor(validation.Select(row => (long)row.Key).ToArray()));
        Assert.AreEqual(expected.item<float>(), transformer.History["validation.losses.total_loss"][0], 1e-5);
    }
}
