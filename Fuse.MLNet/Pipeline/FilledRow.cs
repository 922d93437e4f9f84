using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Shows the source's row to the network's inputs; columns that are passed through too come from their buffer, so that each is computed once.</summary>
internal sealed class FilledRow(DataViewRow source, BufferedColumn?[] buffered, Func<int> slot) : DataViewRow
{
    public override DataViewSchema Schema => source.Schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        buffered[column.Index]?.Reader(slot) as ValueGetter<TValue> ?? source.GetGetter<TValue>(column);
}
