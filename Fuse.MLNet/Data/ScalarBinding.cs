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
    public override ColumnReader Open(DataViewRow row) => new Reader(row.GetGetter<TSource>(row.Schema[Source.Index]), KeyCount > 0);

    private sealed class Reader(ValueGetter<TSource> getter, bool isKey) : ColumnReader
    {
        private TSource _value;

        public override void Read(Span<byte> destination)
        {
            getter(ref _value);
            TStored stored = TConverter.Convert(_value);
            MemoryMarshal.Write(destination, stored);
            if (isKey && _value.Equals(default(TSource)))
                MissingKeys++;
        }
    }
}
