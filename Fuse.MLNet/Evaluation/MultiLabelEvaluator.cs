using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Compares the labels of rows with those that were predicted and their probabilities.</summary>
internal sealed class MultiLabelEvaluator
{
    private const double Smallest = 1e-15;
    private readonly DataViewSchema.Column _label;
    private readonly DataViewSchema.Column _score;
    private readonly long[] _truePositive, _falsePositive, _falseNegative, _count;
    private readonly double[] _scores;
    private readonly bool[] _truths;
    private MultiLabelSums _sums;

    private MultiLabelEvaluator(DataViewSchema.Column label, DataViewSchema.Column score)
    {
        (_label, _score) = (label, score);
        int size = ((VectorDataViewType)label.Type).Size;
        (_truePositive, _falsePositive, _falseNegative, _count) = (new long[size], new long[size], new long[size], new long[size]);
        (_scores, _truths) = (new double[size], new bool[size]);
    }

    public static MultiLabelMetrics Evaluate(IDataView data, string labelColumnName, string scoreColumnName, string predictedLabelColumnName, Action checkAlive)
    {
        string train = $"A network gives it with new OutputColumn(key, labelColumnName: \"{labelColumnName}\") whose label is a vector of Booleans.";
        DataViewSchema.Column label = EvaluatedRows.Vector(data.Schema, labelColumnName, "the label", "a vector of Booleans, or of numbers 0 and 1, of known size",
            item => item is BooleanDataViewType or NumberDataViewType, "One class a row is evaluated by mlContext.MulticlassClassification.Evaluate.");
        DataViewSchema.Column score = EvaluatedRows.Vector(data.Schema, scoreColumnName, "the score", "a vector of Single, the probability of each label", item => item == NumberDataViewType.Single, train);
        DataViewSchema.Column predicted = EvaluatedRows.Vector(data.Schema, predictedLabelColumnName, "the predicted label", "a vector of Booleans", item => item is BooleanDataViewType, train);
        EvaluatedRows.SameSize(label, score);
        EvaluatedRows.SameSize(label, predicted);
        var evaluator = new MultiLabelEvaluator(label, score);
        EvaluatedRows.Read(data, [label, score, predicted], checkAlive, evaluator.Add);
        return evaluator.Metrics();
    }

    private void Add(double[][] values, long row)
    {
        (double[] truth, double[] score, double[] predicted) = (values[0], values[1], values[2]);
        int known = 0;
        bool isExact = true;
        double logLoss = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (double.IsNaN(truth[i]))
                continue;
            if (truth[i] is not (0 or 1))
                throw Wrong(_label, truth[i], row, "a label is 0, 1, or NaN where it is not known");
            if (score[i] is < 0 or > 1)
                throw Wrong(_score, score[i], row, $"a score must be a probability, as {nameof(OutputColumn.Activation)} = {nameof(Activation.Sigmoid)} makes it of a logit");
            (bool isTrue, bool isPredicted) = (truth[i] == 1, predicted[i] == 1);
            _count[i]++;
            _truePositive[i] += isTrue && isPredicted ? 1 : 0;
            _falsePositive[i] += !isTrue && isPredicted ? 1 : 0;
            _falseNegative[i] += isTrue && !isPredicted ? 1 : 0;
            isExact &= isTrue == isPredicted;
            logLoss -= Math.Log(Math.Clamp(isTrue ? score[i] : 1 - score[i], Smallest, 1));
            (_scores[known], _truths[known++]) = (-score[i], isTrue);
        }
        if (known > 0)
            _sums = new(_sums.Rows + 1, _sums.Exact + (isExact ? 1 : 0), _sums.LogLoss + logLoss, _sums.RankingPrecision + RankingPrecision(known));
    }

    /// <summary>Averages, over the true labels, which part of the labels that score at least as high are true.</summary>
    private double RankingPrecision(int known)
    {
        int positives = _truths.AsSpan(0, known).Count(true);
        if (positives == 0 || positives == known)
            return 1;
        // By falling score, because their signs are turned.
        Array.Sort(_scores, _truths, 0, known);
        (double sum, int passed) = (0, 0);
        for (int start = 0, end; start < known; start = end)
        {
            end = start + 1;
            while (end < known && _scores[end] == _scores[start])
                end++;
            int here = _truths.AsSpan(start, end - start).Count(true);
            passed += here;
            sum += here * (passed / (double)end);
        }
        return sum / positives;
    }

    private MultiLabelMetrics Metrics()
    {
        string[] names = EvaluatedRows.Names(_label, _score);
        return new([.. names.Select((name, i) => new LabelMetrics(name, _truePositive[i], _falsePositive[i], _falseNegative[i], _count[i]))], _truePositive.Sum(), _sums);
    }

    private static InvalidOperationException Wrong(DataViewSchema.Column column, double value, long row, string expected) => MLNetErrors.Mark(new InvalidOperationException(
        FormattableString.Invariant($"Column '{column.Name}' holds {value} in row {row}; {expected}.")));
}
