using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Compares runs over streamed rows with the same ones over rows in memory: with a buffer for all rows both visit them in one order.</summary>
[TestClass]
public sealed class StreamedRunTests : LeakCheckedTest
{
    private const int Rows = 65;

    private static readonly string[] Things =
    [
        "nothing", "accumulation", "augmentation", "example weights", "limits", "missing keys", "sample ids", "sampling key", "standardization", "validation column", "validation data",
        "validation fraction", "validation mostly", "validation sets",
    ];

    public static IEnumerable<object[]> Cases() => from thing in Things from isCounted in new[] { true, false } select new object[] { thing, isCounted };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AStreamedRunWithABufferForAllRowsIsTheRunInMemory(string thing, bool isCounted)
    {
        (FuseTransformer staged, _, string[] stagedIds) = Fit(thing, null, isCounted);
        (FuseTransformer streamed, ProbeView view, string[] streamedIds) = Fit(thing, 0, isCounted);
        Assert.AreEqual(staged.History, streamed.History);
        CollectionAssert.AreEqual(Learning.Weights(staged.Network), Learning.Weights(streamed.Network));
        CollectionAssert.AreEqual(stagedIds, streamedIds);
        Assert.IsGreaterThan(3, view.Passes.Count);
        view.AssertNothingIsLeft();
    }

    [TestMethod]
    public void ASmallBufferSeesTheSameRowsEachEpochAsMemoryDoes()
    {
        foreach (string thing in new[] { "nothing", "validation fraction", "sampling key" })
        {
            (_, _, string[] staged) = Fit(thing, null, isCounted: true);
            (_, _, string[] streamed) = Fit(thing, 0, isCounted: true, slots: 7);
            int perEpoch = staged.Length / 3;
            for (int epoch = 0; epoch < 3; epoch++)
                CollectionAssert.AreEquivalent(staged[(epoch * perEpoch)..((epoch + 1) * perEpoch)], streamed[(epoch * perEpoch)..((epoch + 1) * perEpoch)]);
            CollectionAssert.AreNotEqual(staged, streamed);
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void SchedulesSeeTheSameFractionsOnceTheNumberOfRowsIsKnown(bool isCounted)
    {
        (double[] staged, double[] streamed) = (Rates(null, true), Rates(0, isCounted));
        // Four batches an epoch. While the number is not known the fraction is 0.
        CollectionAssert.AreEqual(staged[4..], streamed[4..]);
        CollectionAssert.AreEqual(isCounted ? staged[..4] : [.. Enumerable.Repeat(staged[0], 4)], streamed[..4]);
    }

    [TestMethod]
    public void EveryKindOfColumnIsStreamedAsItIsStaged()
    {
        string[] columns = [.. typeof(TypedRow).GetProperties().Select(property => property.Name).Where(name => name != nameof(TypedRow.Target))];
        TypedRow[] rows = [.. Enumerable.Range(0, 9).Select(Typed)];
        (BatchRecorder staged, BatchRecorder streamed) = (Record(columns, rows, null), Record(columns, rows, 0));
        foreach (string column in columns)
        {
            Assert.HasCount(4, staged[$"data.{column}"]);
            for (int batch = 0; batch < 4; batch++)
                CollectionAssert.AreEqual(staged[$"data.{column}"][batch], streamed[$"data.{column}"][batch], column);
        }
    }

    [TestMethod]
    public void ASearchForALearningRateStreamsToo()
    {
        LearningRateSweep Sweep(long? bytes)
        {
            var ml = new MLContext(seed: 1);
            return ml.Fuse().FindLearningRate(Learning.Classifier(ml, new() { BatchSize = 16, StagingBytes = bytes, ValidationFraction = 0.2 }), Samples.Keyed(ml, 60), 1e-5, 1e3, steps: 30);
        }

        Assert.AreEqual(Sweep(null), Sweep(0));
    }

    [TestMethod]
    public void RowsMayOutnumberTheBatchesOfATry()
    {
        var ml = new MLContext(seed: 1);
        var view = new ProbeView(Samples.Keyed(ml, Rows));
        FuseTransformer model = Own(Learning.Classifier(ml, new() { FastDevRun = true, BatchSize = 8, StagingBytes = 0, ShuffleBufferRows = 8, ValidationFraction = 0.5 }).Fit(view));
        Assert.HasCount(1, model.History.Epochs);
        view.AssertNothingIsLeft();
        Assert.IsLessThan(Rows, view.Passes[1].Rows);
    }

    private static double[] Rates(long? bytes, bool isCounted)
    {
        var ml = new MLContext(seed: 1);
        var rates = new RateRecorder();
        Learning.Classifier(ml, new() { BatchSize = 16, MaxEpochs = 3, StagingBytes = bytes, LearningRateScheduler = Schedules.Cosine(), Callbacks = { rates } })
            .Fit(new ProbeView(Samples.Keyed(ml, 60)) { RowCount = isCounted ? 60 : null }).Dispose();
        return [.. rates.Rates];
    }

    private static BatchRecorder Record(string[] columns, TypedRow[] rows, long? bytes)
    {
        var ml = new MLContext(seed: 1);
        var recorder = new BatchRecorder([.. columns.Select(column => $"data.{column}")]);
        var options = new FuseTrainer.Options
        {
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(4, 1), Inputs = ["data.Singles"], Outputs = ["model.output.y"] },
            Losses = { ["mse"] = new LossMeanSquaredError { Pred = "model.output.y", Target = "data.Single" } },
            BatchSize = 4,
            MaxEpochs = 2,
            StagingBytes = bytes,
            Callbacks = { recorder },
        };
        foreach (string column in columns)
            options.Columns[$"data.{column}"] = new(column);
        ml.Fuse().Train(options).Fit(ml.Data.LoadFromEnumerable(rows)).Dispose();
        return recorder;
    }

    private static TypedRow Typed(int i)
    {
        float[] singles = [i, -i, i * 0.5f, 1];
        return new()
        {
            Single = i,
            Double = i + 0.5,
            SByte = (sbyte)-i,
            Byte = (byte)i,
            Int16 = (short)i,
            UInt16 = (ushort)i,
            Int32 = -i,
            UInt32 = (uint)i,
            Int64 = (long)i << 40,
            UInt64 = (ulong)i,
            Boolean = i % 2 == 0,
            ByteKey = (byte)(i % 6),
            Key = (uint)(i % 6),
            UInt64Key = (ulong)(i % 6),
            Singles = singles,
            Doubles = [i, 0, 1, 2],
            Bytes = [(byte)i, 2, 3, 255],
            Int16s = [1, (short)i, 3, 4],
            Int32s = [i, 2, 3, 4],
            Int64s = [1, 2, 1L << i, 4],
            Booleans = [i % 3 == 0, true, false, i % 2 == 0],
            Keys = [(uint)(i % 6), 1, 2, 0],
            Matrix = singles,
            Sparse = i % 2 == 0 ? new(4, 1, [i], [i % 4]) : new(4, singles),
            SparseKeys = new(4, 1, [(uint)(i % 6)], [i % 4]),
        };
    }

    private (FuseTransformer Model, ProbeView View, string[] Ids) Fit(string thing, long? bytes, bool isCounted, int? slots = null)
    {
        var ml = new MLContext(seed: 3);
        Sample[] rows = Samples.Blobs(Rows);
        if (thing == "missing keys")
            foreach (int row in new[] { 3, 4, 40 })
                rows[row].Key = 3;
        ProbeView View(IEnumerable<Sample> samples) => new(ml.Data.LoadFromEnumerable(samples)) { RowCount = isCounted ? samples.Count() : null };
        var ids = new IdRecorder();
        var options = new FuseTrainer.TrainingOptions { BatchSize = 16, MaxEpochs = 3, StagingBytes = bytes, ShuffleBufferRows = slots, SampleIdColumnName = "Id", Callbacks = { ids } };
        switch (thing)
        {
            case "accumulation":
                options.AccumulateBatches = 3;
                break;
            case "augmentation":
                (options.ValidationFraction, _) = (0.3, 0);
                options.Augment.Add(new Shift());
                break;
            case "example weights":
                options.ExampleWeightColumnName = "Id";
                break;
            case "limits":
                (options.LimitTrainBatches, options.LimitValidationBatches, options.ValidationFraction) = (2, 1, 0.5);
                if (isCounted)
                    (options.LimitTrainBatches, options.LimitValidationBatches) = (BatchLimit.Fraction(0.7), BatchLimit.Fraction(0.6));
                break;
            case "sample ids":
                options.SampleIdColumnName = "Patient";
                break;
            case "sampling key":
                (options.ValidationFraction, options.SamplingKeyColumnName) = (0.3, "Patient");
                break;
            case "validation column":
                options.ValidationColumnName = "IsValidation";
                break;
            case "validation fraction":
                options.ValidationFraction = 0.25;
                break;
            case "validation mostly":
                options.ValidationFraction = 0.7;
                break;
            case "validation sets":
                options.ValidationSets["first"] = View(Samples.Blobs(20, seed: 2));
                options.ValidationSets["second"] = View(Samples.Blobs(17, seed: 3));
                break;
        }
        FuseTrainer trainer = ml.Fuse().Train(Network.Of<DropoutClassifier>(), new TensorColumn("Features") { Standardize = thing == "standardization" }, "Key", options: options);
        ProbeView view = View(rows);
        FuseTransformer model = Own(thing == "validation data" ? trainer.Fit(view, View(Samples.Blobs(33, seed: 4))) : trainer.Fit(view));
        return (model, view, [.. ids.Seen]);
    }

    private sealed record Shift : BatchTransform
    {
        public override void Apply(BatchDict batch, RowRandom random) => batch[BatchKeys.Input] = batch[BatchKeys.Input] + random.Normal().unsqueeze(1);
    }

    private sealed class IdRecorder : Callback
    {
        public List<string> Seen { get; } = [];

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Seen.AddRange(batch.Get<string[]>(BatchKeys.SampleId));

        public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => Seen.AddRange(batch.Get<string[]>(BatchKeys.SampleId));
    }

    private sealed class RateRecorder : Callback
    {
        public List<double> Rates { get; } = [];

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Rates.Add(context.LearningRate);
    }
}
