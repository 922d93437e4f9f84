namespace Fuse.MLNet;

/// <summary>Says how the models of an ensemble come to one score.</summary>
public enum EnsembleVote
{
    /// <summary>The mean of their scores.</summary>
    Mean,

    /// <summary>For classes of which one is predicted, the part of the models that vote for each, by row; the mean of their scores counts as one vote more, which decides between equal ones. Else the mean.</summary>
    Majority,
}
