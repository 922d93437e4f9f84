namespace Fuse.MLNet;

/// <summary>Changes training batches on the fly, so that a network sees each row a little different in every epoch: derive a record to write your own.</summary>
/// <remarks>
/// Runs on training batches only, after columns were normalized; never in validation or scoring, and it is not saved with the model. What is drawn
/// from <see cref="RowRandom"/> belongs to (seed, epoch, row), whatever batch the row is in; a row that a sampler repeats within an epoch is drawn anew.
/// Preview.
/// </remarks>
public abstract record BatchTransform
{
    /// <summary>Changes a batch: sets the keys that it changes to new tensors, and leaves the number of rows as it is. Gradients are off.</summary>
    /// <param name="batch">The batch, on the device; the tensors it holds are not changed in place.</param>
    /// <param name="random">Draws numbers for the batch's rows; the only source of chance that a resumed run repeats.</param>
    public abstract void Apply(BatchDict batch, RowRandom random);

    /// <summary>Gets the keys that it reads, or null when they are not known.</summary>
    internal virtual IEnumerable<string>? Keys => null;
}
