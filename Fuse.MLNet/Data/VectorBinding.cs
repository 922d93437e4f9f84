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
    protected override ColumnReader OpenReader(DataViewRow row) =>
        new Reader(row, row.GetGetter<VBuffer<TSource>>(row.Schema[Source.Index]), this);

    private sealed class Reader(DataViewRow source, ValueGetter<VBuffer<TSource>> getter, ColumnBinding binding) : ColumnReader
    {
        private readonly TStored _padding = MemoryMarshal.Read<TStored>(ColumnTypes.Stored(binding.Column.PaddingValue, binding.StoredType));
        private VBuffer<TSource> _buffer;
        private long _cutRows;

        public override long CutRows => _cutRows;

        public override void Read(Span<byte> destination)
        {
            getter(ref _buffer);
            if (_buffer.Length != binding.RowElements && binding.Column.PadTo is null)
                throw MLNetErrors.Mark(new InvalidOperationException($"Column '{binding.Column.ColumnName}' has {_buffer.Length} values in row {source.Position}; " +
                    $"the shape {binding.RowShape} needs {binding.RowElements}. The data class or loader gave a vector of another size."));
            if (_buffer.Length > binding.RowElements)
                _cutRows++;
            Span<TStored> row = MemoryMarshal.Cast<byte, TStored>(destination);
            Span<TStored> stored = row[..Math.Min(_buffer.Length, row.Length)];
            ReadOnlySpan<TSource> values = _buffer.IsDense ? _buffer.GetValues()[..stored.Length] : _buffer.GetValues();
            if (_buffer.IsDense && typeof(TSource) == typeof(TStored) && !binding.HasMissingIndices && binding.DType != ScalarType.Bool)
                MemoryMarshal.AsBytes(values).CopyTo(destination);
            else
                Convert(values, stored);
            row[stored.Length..].Fill(_padding);
            if (binding.HasMissingIndices)
                MissingKeys += MemoryMarshal.Cast<TStored, long>(stored).Count(TensorColumn.MissingTarget);
        }

        private void Convert(ReadOnlySpan<TSource> values, Span<TStored> stored)
        {
            ReadOnlySpan<int> indices = _buffer.IsDense ? [] : _buffer.GetIndices();
            if (!_buffer.IsDense)
                stored.Fill(TConverter.Convert(default));
            for (int i = 0; i < values.Length && (_buffer.IsDense || indices[i] < stored.Length); i++)
            {
                try
                {
                    stored[_buffer.IsDense ? i : indices[i]] = TConverter.Convert(values[i]);
                }
                catch (OverflowException)
                {
                    throw ColumnErrors.DoesNotFit(binding, source.Position, values[i]);
                }
            }
        }
    }
}
