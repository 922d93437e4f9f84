using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Binds a scalar column.</summary>
internal sealed class ScalarBinding<TSource, TStored, TConverter>(
    string key, TensorColumn column, DataViewSchema.Column source, ValueList<long> rowShape, ScalarType storedType, ScalarType dtype)
    : ColumnBinding(key, column, source, rowShape, storedType, dtype)
    where TSource : unmanaged
    where TStored : unmanaged
    where TConverter : struct, IElementConverter<TSource, TStored>
{
    protected override ColumnReader OpenReader(DataViewRow row) => new Reader(row, row.GetGetter<TSource>(row.Schema[Source.Index]), this);

    private sealed class Reader(DataViewRow row, ValueGetter<TSource> getter, ColumnBinding binding) : ColumnReader
    {
        private TSource _value;

        public override void Read(Span<byte> destination)
        {
            getter(ref _value);
            try
            {
                MemoryMarshal.Write(destination, TConverter.Convert(_value));
            }
            catch (OverflowException)
            {
                throw ColumnErrors.DoesNotFit(binding, row.Position, _value);
            }
            if (binding.HasMissingIndices && MemoryMarshal.Read<long>(destination) == TensorColumn.MissingTarget)
                MissingKeys++;
        }
    }
}
