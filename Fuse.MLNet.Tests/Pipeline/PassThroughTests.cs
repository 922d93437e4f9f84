using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet.Tests;

/// <summary>Scores rows that carry more than the network reads.</summary>
[TestClass]
public sealed class PassThroughTests : LeakCheckedTest
{
    private const int Rows = 40;
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void TextVectorsAndNumbersSurvive()
    {
        FuseTransformer transformer = Own(Learning.Classify(options: new() { MaxEpochs = 1, BatchSize = 8 }));
        Sample[] expected = Samples.Blobs(Rows);
        Read[] rows = [.. _ml.Data.CreateEnumerable<Read>(transformer.Transform(Samples.Keyed(_ml, expected)), reuseRowObject: false)];
        for (int i = 0; i < Rows; i++)
        {
            CollectionAssert.AreEqual(expected[i].Features, rows[i].Features);
            Assert.AreEqual(expected[i].Patient, rows[i].Patient);
            Assert.AreEqual(expected[i].Id, rows[i].Id);
            Assert.AreEqual(expected[i].IsValidation, rows[i].IsValidation);
        }
    }

    [TestMethod]
    public void SparseAndTextVectorsSurvive()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        IDataView tokens = _ml.Transforms.Text.TokenizeIntoWords("Words", "Patient")
            .Append(_ml.Transforms.Categorical.OneHotEncoding("Hot", "Patient")).Fit(Samples.Keyed(_ml, Rows)).Transform(Samples.Keyed(_ml, Rows));
        IDataView scored = transformer.Transform(tokens);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> hot = cursor.GetGetter<VBuffer<float>>(scored.Schema["Hot"]);
        ValueGetter<VBuffer<ReadOnlyMemory<char>>> words = cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(scored.Schema["Words"]);
        VBuffer<float> vector = default;
        VBuffer<ReadOnlyMemory<char>> text = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            hot(ref vector);
            words(ref text);
            Assert.IsFalse(vector.IsDense);
            Assert.AreEqual(row / 5, vector.GetIndices()[0]);
            Assert.AreEqual($"patient,{row / 5}", string.Join(',', text.DenseValues()));
        }
    }

    [TestMethod]
    public void ImagesSurviveAlsoStepsThatDisposeThem()
    {
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), "Key",
            options: new() { MaxEpochs = 1, BatchSize = 8 }).Fit(_ml.Data.LoadFromEnumerable(Samples.Blobs(Rows))));
        // New images on each pass, as ML.NET's image steps dispose what they are given.
        IEnumerable<ImageRow> images = Enumerable.Range(0, Rows).Select(i => new ImageRow
        {
            Features = [i, -i],
            Picture = MLImage.CreateFromPixels(2, 2, MLPixelFormat.Bgra32, [.. Enumerable.Repeat((byte)(i * 5), 16)]),
        });
        IDataView scored = transformer.Transform(_ml.Data.LoadFromEnumerable(images));
        // Two steps read and dispose each image, beside the network.
        var extract = _ml.Transforms.ExtractPixels("Pixels", "Picture", colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Red)
            .Append(_ml.Transforms.ExtractPixels("Again", "Picture", colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Red));
        IDataView pixels = extract.Fit(scored).Transform(scored);
        Extracted[] rows = [.. _ml.Data.CreateEnumerable<Extracted>(pixels, reuseRowObject: false)];
        float[][] expected = [.. Enumerable.Range(0, Rows).Select(i => Enumerable.Repeat((float)(byte)(i * 5), 4).ToArray())];
        Learning.AreEqual(expected, [.. rows.Select(row => row.Pixels)]);
        Learning.AreEqual(expected, [.. rows.Select(row => row.Again)]);
        Learning.AreEqual(Learning.Scores(scored), [.. rows.Select(row => row.Score)]);
        Learning.AreEqual(expected, Learning.Scores(pixels, "Pixels"));
    }

    [TestMethod]
    public void AScoreColumnOfAnEarlierStepIsHiddenAndNotLost()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        IDataView once = transformer.Transform(Samples.Keyed(_ml, 5));
        IDataView twice = transformer.Transform(once);
        Assert.HasCount(2, twice.Schema.Where(column => column.Name == "Score").ToArray());
        Assert.IsTrue(twice.Schema.First(column => column.Name == "Score").IsHidden);
        Learning.AreEqual(Learning.Scores(once), Learning.Scores(twice));
        uint first = 0;
        uint second = 0;
        once.Schema["Score"].Annotations.GetValue("ScoreColumnSetId", ref first);
        twice.Schema["Score"].Annotations.GetValue("ScoreColumnSetId", ref second);
        Assert.AreEqual(first + 1, second);
    }

    private sealed class Read
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public string Patient { get; set; } = "";

        public float Id { get; set; }

        public bool IsValidation { get; set; }
    }

    private sealed class Extracted
    {
        public float[] Pixels { get; set; } = [];

        public float[] Again { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    private sealed class ImageRow
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [ImageType(2, 2)]
        public MLImage? Picture { get; set; }
    }
}
