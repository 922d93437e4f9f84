namespace Fuse.MLNet;

/// <summary>Describes a column that scoring adds: the batch key it is read from and, for a classifier, the label that names its slots.</summary>
public sealed record OutputColumn
{
    /// <summary>Describes an output column.</summary>
    /// <param name="key">The batch key, such as <c>model.output.cls</c>.</param>
    /// <param name="labelColumnName">
    /// A column of the training data that the output predicts; its type tells what else scoring adds, and what ML.NET's evaluators are told.
    /// A key: <c>PredictedLabel</c>, the class of the largest output, with the label's KeyValues. A Boolean: the output is a logit, <c>PredictedLabel</c> says whether it
    /// is positive, and with <see cref="Activation.Sigmoid"/> there is <c>Probability</c>. A vector of Booleans, for several labels at once: <c>PredictedLabel</c>, the labels whose
    /// probability is above 0.5. A vector of keys, for a segmentation <c>[N, C, ...]</c>: <c>PredictedLabel</c>, the class of the largest output at each place. A vector of numbers:
    /// nothing else, but the label's SlotNames. Beside other columns than <c>Score</c> they are named <c>&lt;column&gt;.PredictedLabel</c> and <c>&lt;column&gt;.Probability</c>.
    /// </param>
    public OutputColumn(string key, string? labelColumnName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
        LabelColumnName = labelColumnName;
    }

    /// <summary>Gets the batch key.</summary>
    public string Key { get; }

    /// <summary>Gets the column that the output predicts, or null.</summary>
    public string? LabelColumnName { get; }

    /// <summary>Gets the function applied to the value, such as softmax to logits; beside a Boolean label, to the value of <c>Probability</c> only. Default: none.</summary>
    public Activation Activation { get; init; }

    /// <summary>Gets whether a row holds one number or a vector; checked at the first batch. Default: a vector, or one number for a Boolean label.</summary>
    public OutputKind Kind { get; init; } = OutputKind.Vector;
}
