namespace Fuse.MLNet;

/// <summary>Holds what a loss computes from a batch, before it is reduced to one number.</summary>
/// <param name="Values">The losses of the elements, <c>[N, ...]</c>, or one scalar for a loss that has no rows.</param>
/// <param name="Weights">
/// The elements' weights, of the shape of <paramref name="Values"/>, 0 for elements left out; null when all weigh 1. The loss of the batch is
/// sum(Values x Weights) / sum(Weights). Must be null for a scalar.
/// </param>
/// <param name="RowCount">The number of rows behind a scalar, for means over an epoch; null takes the batch's.</param>
/// <param name="Rows">The Int64 indices <c>[M]</c> of the batch's rows that <paramref name="Values"/> <c>[M, ...]</c> belong to, when rows were left out.</param>
public readonly record struct LossTerms(Tensor Values, Tensor? Weights = null, long? RowCount = null, Tensor? Rows = null)
{
    /// <summary>Gets whether a scalar already counts the examples' weights, or has none to count.</summary>
    internal bool IsReduced { get; init; }

    /// <summary>Gets what a reduced scalar weighs in a mean over an epoch, such as a sum of example weights; null takes the row count.</summary>
    internal double? ReducedRows { get; init; }
}
