namespace Fuse.MLNet;

/// <summary>Describes a column that scoring adds: the batch key it is read from and, for a classifier, the label that names its slots.</summary>
public sealed record OutputColumn
{
    /// <summary>Describes an output column.</summary>
    /// <param name="key">The batch key, such as <c>model.output.cls</c>.</param>
    /// <param name="labelColumnName">
    /// A key column of the training data whose classes the outputs are. Scoring then also adds the class with the largest output, as a key with
    /// the label's KeyValues: <c>PredictedLabel</c> beside the <c>Score</c> column, <c>&lt;column&gt;.PredictedLabel</c> beside others.
    /// </param>
    public OutputColumn(string key, string? labelColumnName = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
        LabelColumnName = labelColumnName;
    }

    /// <summary>Gets the batch key.</summary>
    public string Key { get; }

    /// <summary>Gets the key column whose classes the outputs are, or null.</summary>
    public string? LabelColumnName { get; }

    /// <summary>Gets the function applied to the value, such as softmax to logits. Default: none.</summary>
    public Activation Activation { get; init; }

    /// <summary>Gets whether a row holds one number or a vector; checked at the first batch. Default: a vector.</summary>
    public OutputKind Kind { get; init; } = OutputKind.Vector;
}
