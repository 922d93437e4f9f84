using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Says where the rows of a run come from, and reads them as often as it is asked to.</summary>
/// <param name="View">The rows.</param>
/// <param name="Bindings">The columns to read, bound to the view's schema.</param>
/// <param name="Splitter">Sets validation rows aside, or null to train on all.</param>
/// <param name="SampleId">The column of the rows' ids, if any.</param>
/// <param name="Guard">What becomes of rows whose features are not finite; null takes them as they are.</param>
internal sealed record RowSource(IDataView View, IReadOnlyList<ColumnBinding> Bindings, RowSplitter? Splitter = null, SampleIdColumn? SampleId = null, FeatureGuard? Guard = null)
{
    /// <summary>Gets the number of bytes that a row takes in memory, its id not counted.</summary>
    public long RowBytes => Bindings.Sum(binding => (long)binding.RowBytes);

    /// <summary>Gets whether rows may be left out, so that their number is not that of the view.</summary>
    public bool SkipsRows => Guard is { Policy.Skips: true } && Guard.Places(Bindings).Length > 0;

    /// <summary>Starts a pass over the rows.</summary>
    public RowCursor Open() => new(this);

    /// <summary>Gets the number of rows of a part, when it is known without reading them.</summary>
    public long? Count(RowPart part)
    {
        if (View.GetRowCount() is not { } rows || SkipsRows)
            return null;
        long? aside = Splitter is null ? 0 : Splitter.CountValidation(rows);
        return part == RowPart.Validation ? aside : rows - aside;
    }
}
