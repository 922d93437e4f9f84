namespace Fuse.MLNet;

/// <summary>Reads one bound column from the row that a cursor stands on.</summary>
internal abstract class ColumnReader
{
    /// <summary>Gets the number of missing keys read so far.</summary>
    public long MissingKeys { get; protected set; }

    /// <summary>Gets the number of rows read so far that had more values than <see cref="TensorColumn.PadTo"/> and were cut.</summary>
    public virtual long CutRows => 0;

    /// <summary>Writes the current row's elements, in the binding's stored type.</summary>
    /// <param name="destination">Exactly the binding's row bytes.</param>
    public abstract void Read(Span<byte> destination);
}
