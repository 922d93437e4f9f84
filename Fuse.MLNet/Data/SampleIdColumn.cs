using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Reads the id of each row, as text, from a scalar column of any type.</summary>
internal sealed class SampleIdColumn
{
    private readonly IReadOnlyList<string>? _keyNames;

    /// <summary>Binds a column.</summary>
    /// <param name="source">The column.</param>
    /// <param name="keyNames">The values behind the keys of a key column, when there are any.</param>
    /// <exception cref="ArgumentException">The column is a vector or has a type without a text.</exception>
    public SampleIdColumn(DataViewSchema.Column source, IReadOnlyList<string>? keyNames)
    {
        if (source.Type is not PrimitiveDataViewType)
            throw ColumnErrors.Schema($"Column '{source.Name}' is {source.Type}; a sample id must be text, a number, a key, a Boolean or a date.");
        Source = source;
        _keyNames = keyNames;
    }

    public DataViewSchema.Column Source { get; }

    /// <summary>Opens a reader over the row that a cursor stands on.</summary>
    public Func<string> Open(DataViewRow row) =>
        (Func<string>)typeof(SampleIdColumn).GetMethod(nameof(OpenAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!
            .MakeGenericMethod(Source.Type.RawType).Invoke(this, [row])!;

    private Func<string> OpenAs<T>(DataViewRow row)
    {
        ValueGetter<T> getter = row.GetGetter<T>(row.Schema[Source.Index]);
        T value = default!;
        bool isKey = Source.Type is KeyDataViewType;
        return () =>
        {
            getter(ref value);
            return isKey ? Key(Convert.ToUInt64(value, CultureInfo.InvariantCulture)) : Text(value);
        };
    }

    // Inside ML.NET keys count from 1, and 0 is missing.
    private string Key(ulong key) => key == 0 ? ""
        : _keyNames is not null && key <= (ulong)_keyNames.Count ? _keyNames[(int)(key - 1)] : (key - 1).ToString(CultureInfo.InvariantCulture);

    private static string Text<T>(T value) => value switch
    {
        DateTime or DateTimeOffset => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
