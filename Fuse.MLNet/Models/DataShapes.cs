namespace Fuse.MLNet;

/// <summary>Holds the sizes that a model's description may take from the data.</summary>
/// <param name="InputSize">The number of values in a row of <c>data.input</c>; 0 when there is no such column.</param>
/// <param name="OutputSize">The number of classes or values of <c>data.label</c>; 0 when there is no such column.</param>
/// <param name="Rows">Makes a batch of two rows of zeros of every column, on the CPU.</param>
internal sealed record DataShapes(long InputSize, long OutputSize, Func<BatchDict> Rows)
{
    /// <summary>Gets the columns, standardized where that was asked for.</summary>
    public IReadOnlyList<ColumnBinding> Columns { get; init; } = [];
}
