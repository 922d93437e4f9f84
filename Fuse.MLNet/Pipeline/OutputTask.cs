namespace Fuse.MLNet;

/// <summary>Says what an output column predicts; the names are those of ML.NET's kinds of scores, where it has one.</summary>
internal enum OutputTask
{
    /// <summary>Values of the user's own.</summary>
    Raw,

    /// <summary>One number.</summary>
    Regression,

    /// <summary>A number for each value of a vector label.</summary>
    MultiOutputRegression,

    /// <summary>Yes or no: a logit, its probability, and whether it is positive.</summary>
    BinaryClassification,

    /// <summary>One class of several.</summary>
    MulticlassClassification,

    /// <summary>Any number of classes at once: yes or no for each.</summary>
    MultiLabelClassification,

    /// <summary>One class of several at each place of a map or volume.</summary>
    Segmentation,
}
