using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Makes random scores of three classes, for the metrics here and for ML.NET's evaluators.</summary>
internal sealed class ScoredRows
{
    public const int Classes = 3;
    private readonly Row[] _rows;

    public ScoredRows(int seed, int count, int levels = 0)
    {
        var random = new Random(seed);
        _rows = [.. Enumerable.Range(0, count).Select(i =>
        {
            int label = i % 5 % Classes;
            double[] raw = [.. Enumerable.Range(0, Classes).Select(index => Math.Exp((random.NextDouble() * 2) + (index == label ? 0.8 : 0)))];
            float[] score = [.. raw.Select(value => (float)(value / raw.Sum()))];
            // Few levels make ties between rows.
            if (levels > 0)
                score = [.. score.Select(value => MathF.Round(value * levels) / levels)];
            return new Row { Label = (uint)label, Score = score, PredictedLabel = (uint)Array.IndexOf(score, score.Max()), Weight = 0.5f + (i % 4) };
        })];
    }

    public int[] Labels => [.. _rows.Select(row => (int)row.Label)];

    public float[][] Scores => [.. _rows.Select(row => row.Score)];

    public double[] Weights => [.. _rows.Select(row => (double)row.Weight)];

    /// <summary>Makes the batch: scores <c>p</c>, class indices <c>t</c>, predicted class indices <c>c</c> and weights <c>w</c>.</summary>
    public BatchDict Batch() => new()
    {
        RowCount = _rows.Length,
        ["p"] = tensor(_rows.SelectMany(row => row.Score).ToArray(), [_rows.Length, Classes]),
        ["t"] = tensor(_rows.Select(row => (long)row.Label).ToArray()),
        ["c"] = tensor(_rows.Select(row => (long)row.PredictedLabel).ToArray()),
        ["w"] = tensor(_rows.Select(row => row.Weight).ToArray()),
    };

    public MulticlassClassificationMetrics Evaluate(int topK = 0)
    {
        var ml = new MLContext(1);
        return ml.MulticlassClassification.Evaluate(ml.Data.LoadFromEnumerable(_rows), topKPredictionCount: topK);
    }

    /// <summary>Evaluates one class against the rest.</summary>
    public BinaryClassificationMetrics EvaluateOne(int index)
    {
        var ml = new MLContext(1);
        IEnumerable<BinaryRow> rows = _rows.Select(row => new BinaryRow { Label = row.Label == index, Score = row.Score[index], PredictedLabel = row.PredictedLabel == index });
        return ml.BinaryClassification.EvaluateNonCalibrated(ml.Data.LoadFromEnumerable(rows));
    }

    private sealed class Row
    {
        [KeyType(Classes)]
        public uint Label { get; init; }

        [VectorType(Classes)]
        public float[] Score { get; init; } = [];

        [KeyType(Classes)]
        public uint PredictedLabel { get; init; }

        public float Weight { get; init; }
    }

    private sealed class BinaryRow
    {
        public bool Label { get; init; }

        public float Score { get; init; }

        public bool PredictedLabel { get; init; }
    }
}
