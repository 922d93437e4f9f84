using Microsoft.ML;

namespace Fuse.MLNet;

public sealed partial class FuseCatalog
{
    /// <summary>Evaluates a segmentation: a class for each pixel, or each place of a volume.</summary>
    /// <remarks>Passes over the rows once. Needs both columns before <c>MapKeyToValue</c>.</remarks>
    /// <param name="data">The scored rows.</param>
    /// <param name="labelColumnName">The true classes, a vector of keys of known size; a missing key counts nowhere.</param>
    /// <param name="predictedLabelColumnName">The predicted classes, a vector of keys of the same size and mapping.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type or size; the message says which, and what to do.</exception>
    public SegmentationMetrics EvaluateSegmentation(IDataView data, string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(data);
        return SegmentationEvaluator.Evaluate(data, labelColumnName, predictedLabelColumnName, MLNetEnvironment.LifeCheck(_environment, nameof(EvaluateSegmentation)));
    }

    /// <summary>Evaluates a classification of any number of labels a row.</summary>
    /// <remarks>Passes over the rows once.</remarks>
    /// <param name="data">The scored rows.</param>
    /// <param name="labelColumnName">The true labels, a vector of Booleans of known size, or of numbers that are 0, 1, or NaN where a label is not known.</param>
    /// <param name="scoreColumnName">The probability of each label, a vector of Single.</param>
    /// <param name="predictedLabelColumnName">The predicted labels, a vector of Booleans.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type or size; the message says which, and what to do.</exception>
    /// <exception cref="InvalidOperationException">A label is neither 0 nor 1, or a score is no probability; the message names column and row.</exception>
    public MultiLabelMetrics EvaluateMultiLabel(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score", string predictedLabelColumnName = "PredictedLabel")
    {
        ArgumentNullException.ThrowIfNull(data);
        return MultiLabelEvaluator.Evaluate(data, labelColumnName, scoreColumnName, predictedLabelColumnName, MLNetEnvironment.LifeCheck(_environment, nameof(EvaluateMultiLabel)));
    }

    /// <summary>Evaluates a regression of several numbers a row.</summary>
    /// <remarks>Passes over the rows once.</remarks>
    /// <param name="data">The scored rows.</param>
    /// <param name="labelColumnName">The true numbers, a vector of known size; NaN counts nowhere.</param>
    /// <param name="scoreColumnName">The predicted numbers, a vector of Single of the same size.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type or size; the message says which, and what to do.</exception>
    public MultiOutputRegressionMetrics EvaluateMultiOutputRegression(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(data);
        return MultiOutputRegressionEvaluator.Evaluate(data, labelColumnName, scoreColumnName, MLNetEnvironment.LifeCheck(_environment, nameof(EvaluateMultiOutputRegression)));
    }
}
