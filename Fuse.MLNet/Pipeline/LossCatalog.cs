using System.Diagnostics.CodeAnalysis;

namespace Fuse.MLNet;

/// <summary>Makes pipeline stages that append a loss for each row; reached by <c>mlContext.Fuse().Losses</c>.</summary>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "A catalog's methods are found on its instance, as ML.NET's are.")]
public sealed class LossCatalog
{
    internal LossCatalog()
    {
    }

    /// <summary>Appends the cross-entropy between a score vector and a key label.</summary>
    /// <param name="outputColumnName">The column to add, a Single: 0 for a sure and right prediction, large for a wrong one, NaN without a label.</param>
    /// <param name="scoreColumnName">The score of each class, a vector of Single.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="scoreKind">Whether the scores are probabilities or logits. Default: what the column says of itself.</param>
    public LossEstimator CrossEntropy(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label", ScoreKind scoreKind = ScoreKind.Auto) =>
        Named(Loss.CrossEntropy(), outputColumnName, scoreColumnName, labelColumnName, scoreKind);

    /// <summary>Appends the squared error between a score and a number.</summary>
    /// <param name="outputColumnName">The column to add, a Single; the mean over the elements when score and label are vectors.</param>
    /// <param name="scoreColumnName">The score.</param>
    /// <param name="labelColumnName">The label, of the score's size.</param>
    public LossEstimator SquaredError(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label") =>
        Named(Loss.MeanSquaredError(), outputColumnName, scoreColumnName, labelColumnName, ScoreKind.Auto);

    /// <summary>Appends any loss that has one value a row.</summary>
    /// <param name="loss">The loss. One that is made of a function works but cannot be saved.</param>
    /// <param name="columns">The columns it reads, by batch key, such as <c>["model.logits.cls"] = new("Score"), ["data.label"] = new("Label")</c>.</param>
    /// <param name="outputColumnName">The column to add, a Single.</param>
    /// <param name="scoreKind">What the column behind the loss's prediction holds, when the loss works on logits. Default: what the column says of itself.</param>
    public LossEstimator Of(LossBase loss, IEnumerable<KeyValuePair<string, TensorColumn>> columns, string outputColumnName = "Loss", ScoreKind scoreKind = ScoreKind.Auto)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentException.ThrowIfNullOrEmpty(outputColumnName);
        return new LossEstimator(loss, [.. columns], outputColumnName, scoreKind);
    }

    private LossEstimator Named(LossBase loss, string outputColumnName, string scoreColumnName, string labelColumnName, ScoreKind scoreKind) =>
        Of(loss, [new(BatchKeys.Logits, new TensorColumn(scoreColumnName)), new(BatchKeys.Label, new TensorColumn(labelColumnName))], outputColumnName, scoreKind);
}
