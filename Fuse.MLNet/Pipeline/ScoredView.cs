using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Is a view with the network's outputs added; nothing is computed before a cursor reads them.</summary>
internal sealed class ScoredView(IDataView source, ScoredSchema scored, IBatchScorer scorer, int batchSize, Func<IDataView, OnnxGraph>? toOnnx = null) : TransformedView(source)
{
    public override DataViewSchema Schema => scored.Output;

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = scored.Active(columnsNeeded);
        DataViewRowCursor cursor = Source.GetRowCursor(scored.Sources(active), rand);
        try
        {
            return scored.NeedsScores(active)
                ? new ScoringCursor(cursor, Schema, scorer, scored.Outputs, scored.Bindings, active, batchSize)
                : new PassThroughCursor(cursor, Schema);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    protected override OnnxGraph? ToOnnx() => toOnnx?.Invoke(Source);
}
