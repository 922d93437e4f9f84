using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Watches which rows of which classes the batches of a balanced sampler hold.</summary>
[TestClass]
public sealed class BatchSamplerTests : LeakCheckedTest
{
    private const string Id = "data.id";
    private const string Class = "data.class";

    /// <summary>FuseMedML's BatchSamplerDefault, run on classes of 10, 5 and 3 rows, gave the first three lengths.</summary>
    [TestMethod]
    [DataRow(6, BatchSamplerMode.Exact, null, ClassResampling.OverSample, 5)]
    [DataRow(6, BatchSamplerMode.Exact, null, ClassResampling.DownSample, 2)]
    [DataRow(6, BatchSamplerMode.Exact, new double[] { 1, 2, 3 }, ClassResampling.OverSample, 10)]
    [DataRow(8, BatchSamplerMode.Approximate, new double[] { 0.5, 0.25, 0.25 }, ClassResampling.OverSample, 3)]
    [DataRow(8, BatchSamplerMode.Approximate, new double[] { 0.5, 0.25, 0.25 }, ClassResampling.DownSample, 2)]
    [DataRow(6, BatchSamplerMode.Exact, new double[] { 3, 3, 0 }, ClassResampling.OverSample, 4)]
    [DataRow(6, BatchSamplerMode.Exact, new double[] { 0, 3, 3 }, ClassResampling.DownSample, 1)]
    [DataRow(10, BatchSamplerMode.Approximate, new double[] { 0.1, 0.6, 0.3 }, ClassResampling.OverSample, 10)]
    public void TheLengthOfAnEpochFollowsFromTheClasses(int batchSize, BatchSamplerMode mode, double[]? weights, ClassResampling resampling, int batches)
    {
        var sampler = new BatchSamplerDefault { BalancedClassKey = Class, Mode = mode, BalancedClassWeights = Weights(weights), Resampling = resampling };
        BatchRecorder seen = Fit(ClassRow.Of(10, 5, 3), sampler, batchSize);
        Assert.HasCount(batches, seen[Id]);
        Assert.IsTrue(seen[Id].All(batch => batch.Length == batchSize));
        Assert.HasCount(7, Fit(ClassRow.Of(10, 5, 3), sampler with { Resampling = default, NumBatches = 7 }, batchSize)[Id]);
    }

    [TestMethod]
    public void AnEpochOfMnistHasAsManyBatchesAsInFuseMedML()
    {
        int[] digits = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
        Assert.HasCount(675, Fit(ClassRow.Of(digits), new() { BalancedClassKey = Class }, 100)[Id]);
    }

    [TestMethod]
    public void EveryExactBatchHasTheWeightsAndClassesAreDealtOutWholeAcrossEpochs()
    {
        BatchRecorder seen = Fit(ClassRow.Of(10, 5, 3), new() { BalancedClassKey = Class, BalancedClassWeights = [3, 1, 2] }, 6, epochs: 15);
        // Five batches an epoch: 15 rows of class 0, 5 of class 1 and 10 of class 2.
        Assert.HasCount(5 * 15, seen[Id]);
        foreach (double[] batch in seen[Class])
            CollectionAssert.AreEqual(new double[] { 0, 0, 0, 1, 2, 2 }, batch.Order().ToArray());
        double[] ids = [.. seen[Id].SelectMany(batch => batch)];
        for (int done = 1; done <= 3; done++)
            AreDealt(ids[..(done * 5 * 6)], 10, 5, 3);
        // After 15 epochs each class was dealt out a number of rows: 75 of the five of class 1, 150 of the three of class 2.
        Assert.IsTrue(ids.Where(id => id is >= 10 and < 15).CountBy(id => id).All(pair => pair.Value == 15));
        Assert.IsTrue(ids.Where(id => id >= 15).CountBy(id => id).All(pair => pair.Value == 50));
        Assert.AreNotEqual(string.Join(' ', seen[Class][0]), string.Join(' ', seen[Class][1]), "Rows of a batch are shuffled.");
    }

    [TestMethod]
    public void AnApproximateBatchDrawsClassesByTheirProbabilities()
    {
        var sampler = new BatchSamplerDefault { BalancedClassKey = Class, Mode = BatchSamplerMode.Approximate, BalancedClassWeights = [0.2, 0.5, 0.3], NumBatches = 500 };
        BatchRecorder seen = Fit(ClassRow.Of(100, 10, 7), sampler, 20);
        double[] classes = [.. seen[Class].SelectMany(batch => batch)];
        Assert.HasCount(10_000, classes);
        for (int i = 0; i < 3; i++)
        {
            double p = sampler.BalancedClassWeights[i];
            Assert.AreEqual(10_000 * p, classes.Count(value => value == i), 5 * Math.Sqrt(10_000 * p * (1 - p)), $"class {i}");
        }
        Assert.IsGreaterThan(1, seen[Class].Select(batch => batch.Count(value => value == 1)).Distinct().Count());
        AreDealt([.. seen[Id].SelectMany(batch => batch)], 100, 10, 7);
    }

    [TestMethod]
    public void EqualSharesAreTheDefault()
    {
        double[] classes = [.. Fit(ClassRow.Of(50, 10, 7), new() { BalancedClassKey = Class, Mode = BatchSamplerMode.Approximate, NumBatches = 300 }, 20)[Class].SelectMany(batch => batch)];
        for (int i = 0; i < 3; i++)
            Assert.AreEqual(2000, classes.Count(value => value == i), 5 * Math.Sqrt(6000 * (1 / 3.0) * (2 / 3.0)), $"class {i}");
    }

    [TestMethod]
    [DataRow(BatchSamplerMode.Exact)]
    [DataRow(BatchSamplerMode.Approximate)]
    public void TheBatchesAreAFunctionOfSeedAndEpoch(BatchSamplerMode mode)
    {
        var sampler = new BatchSamplerDefault { BalancedClassKey = Class, Mode = mode };
        string Ids(int seed, int epochs) => string.Join(' ', Fit(ClassRow.Of(10, 5, 3), sampler, 6, epochs, seed)[Id].SelectMany(batch => batch));
        string first = Ids(seed: 1, epochs: 1);
        Assert.StartsWith(first, Ids(seed: 1, epochs: 2));
        Assert.AreNotEqual(first, Ids(seed: 2, epochs: 1));
        string[] both = Ids(seed: 1, epochs: 2).Split(' ');
        CollectionAssert.AreNotEqual(both[..(both.Length / 2)], both[(both.Length / 2)..]);
    }

    [TestMethod]
    [DataRow(BatchSamplerMode.Exact)]
    [DataRow(BatchSamplerMode.Approximate)]
    public void ARunResumedWithinAnEpochSeesTheBatchesOfTheWholeOne(BatchSamplerMode mode)
    {
        FuseTrainer.Options Options(string folder)
        {
            FuseTrainer.Options options = Trainer(new() { BalancedClassKey = Class, Mode = mode }, 6, 3);
            options.ModelDirectory = Path.Combine(Folder, folder);
            options.Optimizer = Optimizers.Adam(1e-3);
            return options;
        }

        FuseTransformer whole = Own(Fit(Options("whole"), ClassRow.Of(10, 5, 3)));
        using var source = new CancellationTokenSource();
        FuseTrainer.Options interrupted = Options("parts");
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, step: 7));
        Assert.AreEqual(StopReason.Cancelled, Own(Fit(interrupted, ClassRow.Of(10, 5, 3))).StopReason);
        FuseTrainer.Options resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(resumed, ClassRow.Of(10, 5, 3)));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    [DataRow("Class", 3)]
    [DataRow("Key", 3)]
    [DataRow("FourKeys", 3)]
    [DataRow("Byte", 3)]
    [DataRow("Number", 3)]
    [DataRow("Boolean", 2)]
    public void AClassIsAKeyABooleanOrAWholeNumber(string column, int classes)
    {
        BatchRecorder seen = Fit(ClassRow.Of(20, 5, 3), new() { BalancedClassKey = Class }, 6, column: column);
        foreach (double[] batch in seen[Class])
            CollectionAssert.AreEqual(Enumerable.Range(0, 6).Select(i => (double)(i * classes / 6)).ToArray(), batch.Order().ToArray());
    }

    [TestMethod]
    [DataRow("Key")]
    [DataRow("Number")]
    public void ARowWithoutAClassIsNeverDrawn(string column)
    {
        ClassRow[] rows = ClassRow.Of(10, 5, 3);
        foreach (int missing in new[] { 2, 11 })
            (rows[missing].Key, rows[missing].Number) = (3, float.NaN);
        double[] ids = [.. Fit(rows, new() { BalancedClassKey = Class }, 6, epochs: 4, column: column)[Id].SelectMany(batch => batch)];
        CollectionAssert.AreEqual(Enumerable.Range(0, 18).Except([2, 11]).Select(id => (double)id).ToArray(), ids.Distinct().Order().ToArray());
    }

    [TestMethod]
    public void ValidationSeesEveryRowOnce()
    {
        RecordingNetwork.Inputs.Clear();
        FuseTrainer.Options options = Trainer(new() { BalancedClassKey = Class }, 6, 1);
        options.ValidationFraction = 0.5;
        Own(Fit(options, ClassRow.Of(20, 20, 20)));
        double[] validated = [.. RecordingNetwork.Inputs.Skip(1).Where(input => !input.IsTraining).SelectMany(input => input.Values)];
        Assert.HasCount(30, validated);
        CollectionAssert.AllItemsAreUnique(validated);
    }

    [TestMethod]
    [DataRow("Class", 7, null, "a BatchSize of 7 cannot be shared equally by 3 classes; make it 6 or 9")]
    [DataRow("Class", 2, null, "make it 3,")]
    [DataRow("Class", 6, new double[] { 3, 3 }, "rows of class 2, which has no place")]
    [DataRow("Class", 6, new double[] { 2, 1, 1, 2 }, "class 3 has the weight 2 but no training row")]
    [DataRow("FourKeys", 6, new double[] { 2, 2, 2 }, "has 3 values; the column has 4 classes")]
    [DataRow("Boolean", 6, new double[] { 2, 2, 2 }, "has 3 values; the column has 2 classes")]
    [DataRow("Half", 6, null, "it holds 0.5 in row 10")]
    [DataRow("Pair", 6, null, "2 values a row")]
    public void ClassesThatDoNotFitAreNamedBeforeTraining(string column, int batchSize, double[]? weights, string expected)
    {
        RecordingNetwork.Inputs.Clear();
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            Fit(ClassRow.Of(10, 5, 3), new() { BalancedClassKey = Class, BalancedClassWeights = Weights(weights) }, batchSize, column: column));
        Assert.Contains(expected, error.Message);
        Assert.Contains($"'data.class', column '{column}'", error.Message);
        Assert.IsEmpty(RecordingNetwork.Inputs);
    }

    [TestMethod]
    public void RowsWithoutAnyClassAreNamed()
    {
        ClassRow[] rows = ClassRow.Of(4);
        foreach (ClassRow row in rows)
            row.Key = 3;
        Assert.Contains("no training row has a class",
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows, new() { BalancedClassKey = Class }, 6, column: "Key")).Message);
    }

    [TestMethod]
    public void OptionsThatContradictAreNamedAtOnce()
    {
        Refused(new() { BalancedClassKey = "data.clas" }, "No column has the batch key 'data.clas' of Sampler.BalancedClassKey. Did you mean 'data.class'");
        Refused(new() { BalancedClassKey = Class, BalancedClassWeights = [1, 2, 4] }, "sum to 7; in exact mode they are whole numbers of rows that sum to BatchSize, 6");
        Refused(new() { BalancedClassKey = Class, BalancedClassWeights = [1.5, 2.5, 2] }, "whole numbers");
        Refused(new() { BalancedClassKey = Class, BalancedClassWeights = [-1, 7] }, "0 or more");
        Refused(new() { BalancedClassKey = Class, BalancedClassWeights = [0.5, 0.4], Mode = BatchSamplerMode.Approximate }, "sum to 0.9; in approximate mode they are probabilities");
        Refused(new() { BalancedClassKey = Class, NumBatches = 3, Resampling = ClassResampling.DownSample }, "set one of them");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new BatchSamplerDefault { NumBatches = 0 });
        Assert.ThrowsExactly<ArgumentException>(() => new BatchSamplerDefault { BalancedClassKey = "" });

        static void Refused(BatchSamplerDefault sampler, string expected) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new MLContext(seed: 1).Fuse().Train(Trainer(sampler, 6, 1))).Message);
    }

    /// <summary>Checks that no row of a class came twice more than another one.</summary>
    private static void AreDealt(double[] ids, params int[] counts)
    {
        int first = 0;
        foreach (int count in counts)
        {
            int[] seen = [.. Enumerable.Range(first, count).Select(row => ids.Count(id => id == row))];
            Assert.IsLessThanOrEqualTo(1, seen.Max() - seen.Min(), $"rows {first} to {first + count - 1}: {string.Join(' ', seen)}");
            first += count;
        }
    }

    private static ValueList<double>? Weights(double[]? weights) => weights is null ? null : ValueList.Create<double>(weights);

    private BatchRecorder Fit(ClassRow[] rows, BatchSamplerDefault sampler, int batchSize, int epochs = 1, int seed = 1, string column = "Class")
    {
        var recorder = new BatchRecorder(Id, Class);
        FuseTrainer.Options options = Trainer(sampler, batchSize, epochs, column);
        options.Callbacks.Add(recorder);
        Own(Fit(options, rows, seed));
        return recorder;
    }

    private static FuseTransformer Fit(FuseTrainer.Options options, ClassRow[] rows, int seed = 1)
    {
        var ml = new MLContext(seed);
        return ml.Fuse().Train(options).Fit(ml.Data.LoadFromEnumerable(rows));
    }

    private static FuseTrainer.Options Trainer(BatchSamplerDefault sampler, int batchSize, int epochs, string column = "Class") => new()
    {
        Columns = { [Id] = new("Id"), [Class] = new(column), ["data.target"] = new("Id") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<RecordingNetwork>(), Inputs = [Id], Outputs = ["model.logits.head_0"] },
        Losses = { ["loss"] = new LossMeanSquaredError { Target = "data.target" } },
        BatchSize = batchSize,
        MaxEpochs = epochs,
        Optimizer = Optimizers.SGD(0),
        Sampler = sampler,
    };
}
