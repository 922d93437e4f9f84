using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fuse.MLNet;

/// <summary>Binds a <see cref="TensorColumn"/> to a column of a schema: checks the types and opens readers over rows.</summary>
internal abstract class ColumnBinding
{
    protected ColumnBinding(string key, TensorColumn column, DataViewSchema.Column source, ValueList<long> rowShape, ScalarType storedType, ScalarType dtype)
    {
        Key = key;
        Column = column;
        Source = source;
        RowShape = rowShape;
        StoredType = storedType;
        DType = dtype;
        (RowElements, RowBytes) = ColumnErrors.CheckedSize(column, rowShape, storedType);
    }

    /// <summary>Gets the batch key that the tensor gets.</summary>
    public string Key { get; }

    public TensorColumn Column { get; }

    public DataViewSchema.Column Source { get; }

    /// <summary>Gets the shape of one row's tensor; empty for a scalar.</summary>
    public ValueList<long> RowShape { get; }

    public int RowElements { get; }

    public int RowBytes { get; }

    /// <summary>Gets the element type in which rows are kept; narrower than <see cref="DType"/> where nothing is lost.</summary>
    public ScalarType StoredType { get; }

    /// <summary>Gets the element type of the batch's tensor.</summary>
    public ScalarType DType { get; }

    /// <summary>Gets what stored values are divided by in a batch.</summary>
    public virtual float Divisor => 1;

    /// <summary>Gets the number of classes when the column is a key, else 0.</summary>
    public int KeyCount => ColumnTypes.ItemOf(Source.Type) is KeyDataViewType { Count: <= int.MaxValue } key ? (int)key.Count : 0;

    /// <summary>Gets whether an element of this column can be missing as a class index: a key, or NaN where whole numbers are wanted.</summary>
    public bool HasMissingIndices => ColumnTypes.ItemOf(Source.Type) is KeyDataViewType || (StoredType == ScalarType.Int64 && Source.Type.RawType != typeof(long));

    /// <summary>Gets whether its tensors hold the whole numbers that are stored, such as class indices.</summary>
    public bool HasRange => StoredType == ScalarType.Int64 && DType == ScalarType.Int64;

    /// <summary>Widens a range to hold the whole numbers of rows; null is the range of none.</summary>
    public static (long Low, long High)? Widen((long Low, long High)? range, ReadOnlySpan<byte> rows)
    {
        (long low, long high) = range ?? (long.MaxValue, long.MinValue);
        foreach (long value in MemoryMarshal.Cast<byte, long>(rows))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        return low <= high ? (low, high) : range;
    }

    /// <summary>Reads the elements of a stored row as numbers, before they are normalized.</summary>
    public void ReadNumbers(ReadOnlySpan<byte> row, Span<double> values)
    {
        double divisor = Divisor;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = StoredType switch
            {
                ScalarType.Byte => row[i],
                ScalarType.Int32 => MemoryMarshal.Cast<byte, int>(row)[i],
                ScalarType.Int64 => MemoryMarshal.Cast<byte, long>(row)[i],
                ScalarType.Float32 => MemoryMarshal.Cast<byte, float>(row)[i],
                _ => MemoryMarshal.Cast<byte, double>(row)[i],
            };
            values[i] /= divisor;
        }
    }

    /// <summary>Opens a reader over the current row of <paramref name="row"/>.</summary>
    public ColumnReader Open(DataViewRow row) => Column.NonFiniteValue is { } value && FiniteValues.MayBeNot(StoredType) ? new ReplacingReader(OpenReader(row), StoredType, value) : OpenReader(row);

    /// <summary>Opens the reader of the column's own values.</summary>
    protected abstract ColumnReader OpenReader(DataViewRow row);

    /// <summary>Finds the column in the schema and binds it.</summary>
    /// <exception cref="ArgumentException">The column is missing, has no tensor form, or does not fit the shape.</exception>
    public static ColumnBinding Bind(DataViewSchema schema, string key, TensorColumn column)
    {
        DataViewSchema.Column source = schema.GetColumnOrNull(column.ColumnName)
            ?? throw ColumnErrors.Missing(column.ColumnName, key, schema.Where(other => !other.IsHidden).Select(other => other.Name));
        if (column.PadTo is not null || column.IsMask)
            ColumnErrors.CheckPadded(column, source.Type, source.Type is VectorDataViewType);
        if (column.Reader is not null)
            return FileBinding.Create(source, key, column);
        if (column.Image is not null || source.Type is ImageDataViewType)
            return ImageBinding.Create(source, key, column);
        DataViewType item = ColumnTypes.ItemOf(source.Type);
        Type raw = item.RawType;
        if (!ColumnTypes.HasTensorForm(item))
            throw ColumnErrors.NoTensorForm(column.ColumnName, source.Type);
        ValueList<long> shape = ColumnErrors.CheckedShape(column, source.Type);
        bool isKey = item is KeyDataViewType;
        ScalarType dtype = column.DType ?? ColumnTypes.DefaultDType(item);
        ScalarType stored = isKey ? ScalarType.Int64 : ColumnTypes.StoredType(raw, dtype);
        if (column.IsMask)
            return (ColumnBinding)Activator.CreateInstance(typeof(MaskBinding<>).MakeGenericType(raw), key, column, source, shape)!;
        if (column.PadTo is not null)
            ColumnErrors.CheckPadding(column, stored, dtype);
        Type storedClr = ColumnTypes.ClrType(stored, column.ColumnName);
        Type converter = isKey ? typeof(KeyConverter<>).MakeGenericType(raw) : ColumnTypes.Converter(raw, stored, dtype);
        Type binding = (source.Type is VectorDataViewType ? typeof(VectorBinding<,,>) : typeof(ScalarBinding<,,>)).MakeGenericType(raw, storedClr, converter);
        return (ColumnBinding)Activator.CreateInstance(binding, key, column, source, shape, stored, dtype)!;
    }

    /// <summary>Binds all columns of a description.</summary>
    public static ColumnBinding[] BindAll(DataViewSchema schema, IEnumerable<KeyValuePair<string, TensorColumn>> columns) =>
        [.. columns.Select(pair => Bind(schema, pair.Key, pair.Value))];

    private sealed class ReplacingReader(ColumnReader reader, ScalarType stored, double value) : ColumnReader
    {
        public override long CutRows => reader.CutRows;

        public override void Read(Span<byte> destination)
        {
            reader.Read(destination);
            FiniteValues.Replace(destination, stored, value);
        }
    }
}
