using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Sums the errors of several predicted numbers a row.</summary>
internal static class MultiOutputRegressionEvaluator
{
    public static MultiOutputRegressionMetrics Evaluate(IDataView data, string labelColumnName, string scoreColumnName, Action checkAlive)
    {
        DataViewSchema.Column label = EvaluatedRows.Vector(data.Schema, labelColumnName, "the label", "a vector of numbers of known size", item => item is NumberDataViewType,
            "One number a row is evaluated by mlContext.Regression.Evaluate.");
        DataViewSchema.Column score = EvaluatedRows.Vector(data.Schema, scoreColumnName, "the score", "a vector of Single, as a network that was trained on such a label gives it",
            item => item == NumberDataViewType.Single, "One number a row is evaluated by mlContext.Regression.Evaluate.");
        EvaluatedRows.SameSize(label, score);
        int size = ((VectorDataViewType)label.Type).Size;
        (long[] count, double[] absolute, double[] squared, double[] mean, double[] deviations) = (new long[size], new double[size], new double[size], new double[size], new double[size]);
        long rows = EvaluatedRows.Read(data, [label, score], checkAlive, (values, row) =>
        {
            (double[] truth, double[] guess) = (values[0], values[1]);
            for (int i = 0; i < size; i++)
            {
                if (double.IsNaN(truth[i]))
                    continue;
                double error = truth[i] - guess[i];
                absolute[i] += Math.Abs(error);
                squared[i] += error * error;
                // Welford's update: exact enough for labels far from zero.
                double delta = truth[i] - mean[i];
                mean[i] += delta / ++count[i];
                deviations[i] += delta * (truth[i] - mean[i]);
            }
        });
        return new([.. EvaluatedRows.Names(label, score).Select((name, i) => new OutputRegressionMetrics(name, count[i], absolute[i], squared[i], deviations[i]))], rows);
    }
}
