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

    /// <summary>Appends the binary cross-entropy between a score and a yes-or-no label.</summary>
    /// <param name="outputColumnName">The column to add, a Single; the mean over the labels when score and label are vectors.</param>
    /// <param name="scoreColumnName">The score.</param>
    /// <param name="labelColumnName">The label: a Boolean, or numbers from 0 to 1, of the score's size.</param>
    /// <param name="scoreKind">Whether the scores are probabilities or logits. Default: what the column says of itself.</param>
    public LossEstimator BinaryCrossEntropy(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label", ScoreKind scoreKind = ScoreKind.Auto) =>
        Named(Loss.BinaryCrossEntropy(), outputColumnName, scoreColumnName, labelColumnName, scoreKind);

    /// <summary>Appends the focal loss (Lin et al., 2017) between a score vector and a key label, in its softmax form.</summary>
    /// <param name="outputColumnName">The column to add, a Single.</param>
    /// <param name="scoreColumnName">The score of each class, a vector of Single.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="gamma">The focus on hard rows.</param>
    /// <param name="scoreKind">Whether the scores are probabilities or logits. Default: what the column says of itself.</param>
    public LossEstimator Focal(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label", double gamma = 2, ScoreKind scoreKind = ScoreKind.Auto) =>
        Named(Loss.Focal(alpha: null, gamma, Activation.Softmax), outputColumnName, scoreColumnName, labelColumnName, scoreKind);

    /// <summary>Appends one minus the Dice coefficient between a segmentation's scores and its class indices.</summary>
    /// <param name="outputColumnName">The column to add, a Single: the mean over the classes.</param>
    /// <param name="scoreColumnName">The scores, a vector of C x H x W Single.</param>
    /// <param name="labelColumnName">The class indices, a vector of H x W numbers.</param>
    /// <param name="scoreShape">The shape of the scores, <c>[C, H, W]</c>. Default: the vector type's own dimensions.</param>
    /// <param name="labelShape">The shape of the class indices, <c>[H, W]</c>. Default: the vector type's own dimensions.</param>
    /// <param name="scoreKind">Whether the scores are probabilities or logits. Default: what the column says of itself.</param>
    public LossEstimator Dice(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label",
        ValueList<long>? scoreShape = null, ValueList<long>? labelShape = null, ScoreKind scoreKind = ScoreKind.Auto) =>
        Of(Loss.Dice(), [new(BatchKeys.Logits, new TensorColumn(scoreColumnName, scoreShape)), new(BatchKeys.Label, new TensorColumn(labelColumnName, labelShape))],
            outputColumnName, scoreKind);

    /// <summary>Appends the squared error between a score and a number.</summary>
    /// <param name="outputColumnName">The column to add, a Single; the mean over the elements when score and label are vectors.</param>
    /// <param name="scoreColumnName">The score.</param>
    /// <param name="labelColumnName">The label, of the score's size.</param>
    public LossEstimator SquaredError(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label") =>
        Named(Loss.MeanSquaredError(), outputColumnName, scoreColumnName, labelColumnName, ScoreKind.Auto);

    /// <summary>Appends the absolute error between a score and a number.</summary>
    /// <param name="outputColumnName">The column to add, a Single; the mean over the elements when score and label are vectors.</param>
    /// <param name="scoreColumnName">The score.</param>
    /// <param name="labelColumnName">The label, of the score's size.</param>
    public LossEstimator AbsoluteError(string outputColumnName = "Loss", string scoreColumnName = "Score", string labelColumnName = "Label") =>
        Named(Loss.MeanAbsoluteError(), outputColumnName, scoreColumnName, labelColumnName, ScoreKind.Auto);

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
