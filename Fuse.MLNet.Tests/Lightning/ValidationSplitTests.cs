using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Watches through the network which rows train and which validate.</summary>
[TestClass]
public sealed class ValidationSplitTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(100, 0.1, 10)]
    [DataRow(100, 0.25, 25)]
    [DataRow(99, 0.1, 10)]
    [DataRow(100, 0.9, 90)]
    [DataRow(1000, 0.333, 333)]
    [DataRow(10, 0.5, 5)]
    public void AFractionIsExactToARow(int rows, double fraction, int expected)
    {
        (float[] training, float[] validation) = Split(Samples.Blobs(rows), new() { ValidationFraction = fraction });
        Assert.IsLessThanOrEqualTo(1, Math.Abs(expected - validation.Length), $"{validation.Length} rows");
        CollectionAssert.AreEquivalent(Enumerable.Range(0, rows).Select(id => (float)id).ToArray(), training.Concat(validation).ToArray());
        CollectionAssert.AreEqual(validation, Split(Samples.Blobs(rows), new() { ValidationFraction = fraction }).Validation);
    }

    [TestMethod]
    public void AnotherSeedSetsOtherRowsAside()
    {
        float[] first = Split(Samples.Blobs(100), new() { ValidationFraction = 0.2 }).Validation;
        CollectionAssert.AreNotEqual(first, Split(Samples.Blobs(100), new() { ValidationFraction = 0.2 }, seed: 2).Validation);
    }

    [TestMethod]
    public void RowsOfOneKeyStayTogether()
    {
        Sample[] rows = Samples.Blobs(500);
        (float[] training, float[] validation) = Split(rows, new() { ValidationFraction = 0.3, SamplingKeyColumnName = "Patient" });
        string[] left = [.. training.Select(id => rows[(int)id].Patient).Distinct()];
        string[] right = [.. validation.Select(id => rows[(int)id].Patient).Distinct()];
        Assert.IsEmpty(left.Intersect(right).ToArray());
        Assert.AreEqual(100, left.Length + right.Length);
        // 30 of 100 patients are expected; 5 standard deviations are 23.
        Assert.IsInRange(7, 53, right.Length);
    }

    [TestMethod]
    public void AColumnMarksTheValidationRows()
    {
        Sample[] rows = Samples.Blobs(40);
        float[] validation = Split(rows, new() { ValidationColumnName = "IsValidation" }).Validation;
        CollectionAssert.AreEqual(rows.Where(row => row.IsValidation).Select(row => row.Id).ToArray(), validation);
    }

    [TestMethod]
    [DataRow("Patient", "expected a Boolean")]
    [DataRow("IsValidatoin", "Did you mean 'IsValidation'?")]
    public void AValidationColumnMustBeABoolean(string column, string expected) =>
        Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Split(Samples.Blobs(4), new() { ValidationColumnName = column })).Message);

    [TestMethod]
    [DataRow("Features", "expected one text, number, Boolean, key or date a row")]
    [DataRow("Patiend", "Did you mean 'Patient'?")]
    public void ASamplingKeyMustBeAScalar(string column, string expected) =>
        Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Split(Samples.Blobs(4), new() { ValidationFraction = 0.5, SamplingKeyColumnName = column })).Message);

    [TestMethod]
    public void AViewOfItsOwnValidates()
    {
        RecordingNetwork.Inputs.Clear();
        FuseTransformer transformer = Own(Trainer(_ml, new()).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(20)), _ml.Data.LoadFromEnumerable(Samples.Blobs(70).Skip(63))));
        CollectionAssert.AreEqual(new double[] { 63, 64, 65, 66, 67, 68, 69 }, Ids(training: false).Select(id => (double)id).ToArray());
        Assert.HasCount(20, Ids(training: true));
        Assert.HasCount(2, transformer.History.Epochs[0].Values.Where(value => value.Name.StartsWith("validation.", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void NoValidationRowIsSaid()
    {
        var log = new LogRecorder(_ml);
        Own(Trainer(_ml, new() { ValidationColumnName = "IsValidation" }).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(3))));
        Assert.Contains("Warning: No row was set aside for validation", log.Text);
        IDataView empty = _ml.Data.FilterRowsByColumn(_ml.Data.LoadFromEnumerable(Samples.Blobs(3)), "Id", lowerBound: 10);
        Assert.Contains("The validation data has no rows",
            Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(_ml, new()).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(3)), empty)).Message);
    }

    private static FuseTrainer Trainer(MLContext ml, FuseTrainer.TrainingOptions options)
    {
        options.MaxEpochs = 1;
        options.BatchSize = 16;
        options.Optimizer = Optimizers.SGD(0);
        return ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Id"), "Target", options: options);
    }

    private static (float[] Training, float[] Validation) Split(Sample[] rows, FuseTrainer.TrainingOptions options, int seed = 1)
    {
        var ml = new MLContext(seed);
        RecordingNetwork.Inputs.Clear();
        using FuseTransformer transformer = Trainer(ml, options).Fit(ml.Data.LoadFromEnumerable(rows));
        return (Ids(training: true), Ids(training: false));
    }

    // The first forward pass only looks at the shapes.
    private static float[] Ids(bool training) =>
        [.. RecordingNetwork.Inputs.Skip(1).Where(input => input.IsTraining == training).SelectMany(input => input.Values).Select(value => (float)value)];
}
