using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Binds a vector column; sparse vectors are made dense.</summary>
internal sealed class VectorBinding<TSource, TStored, TConverter>(
    string key, TensorColumn column, DataViewSchema.Column source, ValueList<long> rowShape, ScalarType storedType, ScalarType dtype)
    : ColumnBinding(key, column, source, rowShape, storedType, dtype)
    where TSource : unmanaged
    where TStored : unmanaged
    where TConverter : struct, IElementConverter<TSource, TStored>
{
    public override ColumnReader Open(DataViewRow row) =>
        new Reader(row, row.GetGetter<VBuffer<TSource>>(row.Schema[Source.Index]), RowElements, Column, KeyCount > 0);

    private sealed class Reader(DataViewRow row, ValueGetter<VBuffer<TSource>> getter, int elements, TensorColumn column, bool isKey) : ColumnReader
    {
        private VBuffer<TSource> _buffer;

        public override void Read(Span<byte> destination)
        {
            getter(ref _buffer);
            if (_buffer.Length != elements)
                throw MLNetErrors.Mark(new InvalidOperationException(
                    $"Column '{column.ColumnName}' has {_buffer.Length} values in row {row.Position}; the shape {column.Shape} needs {elements}."));
            Span<TStored> stored = MemoryMarshal.Cast<byte, TStored>(destination);
            ReadOnlySpan<TSource> values = _buffer.GetValues();
            if (_buffer.IsDense)
            {
                if (typeof(TSource) == typeof(TStored) && !isKey)
                    MemoryMarshal.AsBytes(values).CopyTo(destination);
                else
                    for (int i = 0; i < values.Length; i++)
                        stored[i] = TConverter.Convert(values[i]);
            }
            else
            {
                stored.Fill(TConverter.Convert(default));
                ReadOnlySpan<int> indices = _buffer.GetIndices();
                for (int i = 0; i < indices.Length; i++)
                    stored[indices[i]] = TConverter.Convert(values[i]);
            }
            if (isKey)
                MissingKeys += elements - values.Length + values.Count(default(TSource));
        }
    }
}
