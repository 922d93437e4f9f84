using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Binds the mask of a vector column that is filled up: which of the places hold values of the row.</summary>
internal sealed class MaskBinding<TSource>(string key, TensorColumn column, DataViewSchema.Column source, ValueList<long> rowShape)
    : ColumnBinding(key, column, source, rowShape, ScalarType.Byte, column.DType ?? ScalarType.Bool)
    where TSource : unmanaged
{
    protected override ColumnReader OpenReader(DataViewRow row) => new Reader(row.GetGetter<VBuffer<TSource>>(row.Schema[Source.Index]));

    private sealed class Reader(ValueGetter<VBuffer<TSource>> getter) : ColumnReader
    {
        private VBuffer<TSource> _buffer;

        public override void Read(Span<byte> destination)
        {
            getter(ref _buffer);
            int count = Math.Min(_buffer.Length, destination.Length);
            destination[..count].Fill(1);
            destination[count..].Clear();
        }
    }
}
