using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Checks what the rows of this library are asked for.</summary>
internal static class RowGetters
{
    /// <summary>Throws when a column was not asked for when the cursor or row was made.</summary>
    public static void RequireActive(DataViewRow row, DataViewSchema.Column column)
    {
        if (!row.IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when the {(row is DataViewRowCursor ? "cursor" : "row")} was made.");
    }

    /// <summary>Gives a getter the type that it is asked for in, which must be the column's.</summary>
    public static ValueGetter<TValue> As<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type}, which cannot be read as {typeof(TValue).Name}.");
}
