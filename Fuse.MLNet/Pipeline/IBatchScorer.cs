namespace Fuse.MLNet;

/// <summary>Computes the output columns of a batch of rows. Safe from many threads at once.</summary>
internal interface IBatchScorer
{
    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="bindings">The input columns.</param>
    /// <param name="inputs">For each input column, its rows behind each other, in the stored type.</param>
    /// <param name="rows">The number of rows.</param>
    /// <returns>For each output, its values row by row.</returns>
    float[][] Score(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows);

    /// <summary>Throws when the transformer was disposed.</summary>
    void ThrowIfDisposed();
}
