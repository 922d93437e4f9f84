using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Fills up vectors whose size differs from row to row.</summary>
[TestClass]
public sealed class PaddedColumnTests : LeakCheckedTest
{
    private static readonly TokenRow[] Rows =
    [
        new() { Tokens = [], Numbers = [], Keys = [], Sparse = new(0, []), Target = 0 },
        new() { Tokens = [7, 8], Numbers = [0.5f], Keys = [1, 0], Sparse = new(2, 1, [4f], [1]), Target = 7.5f },
        new() { Tokens = [1, 2, 3, 4], Numbers = [1, 2, 3, 4], Keys = [5, 4, 3, 2], Sparse = new(4, [1f, 2, 3, 4]), Target = 2.5f },
        new() { Tokens = [9, 8, 7, 6, 5], Numbers = [9, 8, 7, 6, 5], Keys = [1, 2, 3, 4, 5], Sparse = new(7, 3, [5f, 6, 7], [0, 3, 5]), Target = 7.5f },
    ];

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Columns() =>
    [
        [new TensorColumn("Tokens") { PadTo = 4 }, ScalarType.Int64, new[] { 0.0, 0, 0, 0, 7, 8, 0, 0, 1, 2, 3, 4, 9, 8, 7, 6 }],
        [new TensorColumn("Tokens") { PadTo = 4, PaddingValue = -1 }, ScalarType.Int64, new[] { -1.0, -1, -1, -1, 7, 8, -1, -1, 1, 2, 3, 4, 9, 8, 7, 6 }],
        [new TensorColumn("Tokens") { PadTo = 4, DType = ScalarType.Int32 }, ScalarType.Int32, new[] { 0.0, 0, 0, 0, 7, 8, 0, 0, 1, 2, 3, 4, 9, 8, 7, 6 }],
        [new TensorColumn("Numbers", [2]) { PadTo = 2, PaddingValue = 0.25 }, ScalarType.Float32, new[] { 0.25, 0.25, 0.5, 0.25, 1, 2, 9, 8 }],
        [new TensorColumn("Numbers") { PadTo = 2, PaddingValue = 1, Mean = [1], StandardDeviation = [2] }, ScalarType.Float32, new[] { 0, 0, -0.25, 0, 0, 0.5, 4, 3.5 }],
        [new TensorColumn("Keys") { PadTo = 3, PaddingValue = 5 }, ScalarType.Int64, new[] { 5.0, 5, 5, 0, -100, 5, 4, 3, 2, 0, 1, 2 }],
        [new TensorColumn("Sparse") { PadTo = 4, PaddingValue = 9 }, ScalarType.Float32, new[] { 9.0, 9, 9, 9, 0, 4, 9, 9, 1, 2, 3, 4, 5, 0, 0, 6 }],
        [new TensorColumn("Fixed") { PadTo = 2 }, ScalarType.Float32, new[] { 1.0, 2, 1, 2, 1, 2, 1, 2 }],
        [new TensorColumn("Fixed") { PadTo = 4, PaddingValue = 255 }, ScalarType.Float32, new[] { 1.0, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255 }],
    ];

    [TestMethod]
    [DynamicData(nameof(Columns))]
    public void RowsAreCutAndFilledUp(TensorColumn column, ScalarType type, double[] expected)
    {
        foreach (long? bytes in new long?[] { null, 0 })
        {
            RecordingNetwork.Inputs.Clear();
            using FuseTransformer model = Trainer(column, bytes).Fit(View());
            Assert.AreEqual(type, RecordingNetwork.Inputs[0].DType);
            CollectionAssert.AreEqual(new long[] { 4, column.PadTo!.Value }, RecordingNetwork.Inputs[0].Shape);
            CollectionAssert.AreEqual(expected, RecordingNetwork.Inputs[0].Values);
            RecordingNetwork.Inputs.Clear();
            _ = model.Transform(View()).GetColumn<float>("Score").ToArray();
            CollectionAssert.AreEqual(expected, RecordingNetwork.Inputs.SelectMany(input => input.Values).ToArray());
        }
    }

    [TestMethod]
    public void AMissingKeyCountsAndPaddingDoesNot()
    {
        var log = new LogRecorder(_ml);
        Own(Trainer(new("Keys") { PadTo = 4, PaddingValue = TensorColumn.MissingTarget }, null).Fit(View()));
        Assert.Contains("Column 'Keys' has 1 missing keys", log.Text);
    }

    [TestMethod]
    public void AMaskTellsWhatWasFilledUpAndIsSaved()
    {
        // The targets are the means of the first four tokens, so that nothing is left to learn; padding would change them.
        FuseTransformer model = Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { ["data.tokens"] = new("Tokens") { PadTo = 4, PaddingValue = 1000, MaskKey = "data.mask" }, ["data.target"] = new("Target") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<MaskedMean>(), Inputs = ["data.tokens", "data.mask"], Outputs = ["model.output.mean"] },
            Losses = { ["loss"] = Loss.MeanSquaredError() with { Pred = "model.output.mean", Target = "data.target" } },
            Outputs = { ["Score"] = new("model.output.mean") { Kind = OutputKind.Scalar } },
        }).Fit(View()));
        Assert.AreEqual(0, model.History["train.losses.total_loss"][0], 1e-9);
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, View().Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        float[] scores = [.. model.Transform(View()).GetColumn<float>("Score")];
        CollectionAssert.AreEqual(scores, loaded.Transform(View()).GetColumn<float>("Score").ToArray());
        using var engine = _ml.Model.CreatePredictionEngine<TokenRow, Prediction>(loaded, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.AreEqual(scores[1], engine.Predict(Rows[1]).Score, 1e-5f);
    }

    [TestMethod]
    [DataRow("Target", "Column 'Target' is Single; PadTo fills up vectors")]
    [DataRow("shape", "PadTo = 4, and the shape [3]: leave the shape out")]
    [DataRow("image", "with a reader; PadTo fills up vectors")]
    [DataRow("padding", "PaddingValue 0.5 does not fit its tensor of type Int64")]
    [DataRow("bytes", "PaddingValue 256 does not fit its tensor of type Float32")]
    [DataRow("none", "Column 'Tokens' is a vector of unknown size")]
    public void WhatCannotBeFilledUpIsRefused(string mistake, string expected) => Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(mistake switch
    {
        "Target" => new("Target") { PadTo = 4 },
        "shape" => new("Tokens", [3]) { PadTo = 4 },
        "image" => new("Fixed") { PadTo = 4, Image = new() },
        "padding" => new("Tokens") { PadTo = 4, PaddingValue = 0.5 },
        "bytes" => new("Fixed") { PadTo = 4, PaddingValue = 256 },
        _ => new("Tokens"),
    }, null).Fit(View())).Message);

    [TestMethod]
    [DataRow("data.tokens", 4, "The MaskKey 'data.tokens' is also the batch key of a column")]
    [DataRow("data", 4, "The MaskKey 'data' is also the batch key of a column, or a branch of one")]
    [DataRow("data..mask", 4, "'data..mask' is not a batch key")]
    [DataRow("data.mask", null, "has MaskKey 'data.mask' and no PadTo")]
    public void AMaskKeyThatCannotBeIsRefusedAtOnce(string key, int? length, string expected) => Assert.Contains(expected, Assert.Throws<ArgumentException>(() => _ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.tokens"] = new("Tokens") { PadTo = length, MaskKey = key } },
        Model = new ModelWrapSeqToDict { Model = Network.Of<RecordingNetwork>(), Inputs = ["data.tokens"], Outputs = ["model.output.mean"] },
        Losses = { ["loss"] = Loss.MeanSquaredError() with { Pred = "model.output.mean" } },
    })).Message);

    [TestMethod]
    public void ALengthIsPositive() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TensorColumn("Tokens") { PadTo = 0 });

    private IDataView View() => _ml.Data.LoadFromEnumerable(Rows);

    private FuseTrainer Trainer(TensorColumn column, long? stagingBytes) => _ml.Fuse().Train(Network.Of<RecordingNetwork>(), column, "Target",
        options: new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0), StagingBytes = stagingBytes });

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
