using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Keeps the values of a column for many rows at once, such as those of a scoring batch.</summary>
internal abstract class BufferedColumn : IDisposable
{
    /// <summary>Reads the source's current row into a slot.</summary>
    public abstract void Fill(int slot);

    /// <summary>Makes the getter that serves the slot of the current row.</summary>
    public abstract Delegate Getter(Func<int> slot);

    /// <summary>Frees what the kept values hold outside the managed memory, as images do.</summary>
    public virtual void Dispose()
    {
    }

    public static BufferedColumn Create(DataViewRow source, DataViewSchema.Column column)
    {
        Type raw = column.Type.RawType;
        Type type = column.Type is VectorDataViewType vector ? typeof(VectorColumn<>).MakeGenericType(vector.ItemType.RawType)
            : raw == typeof(MLImage) ? typeof(ImageColumn)
            : typeof(ValueColumn<>).MakeGenericType(raw);
        return (BufferedColumn)Activator.CreateInstance(type, source, column)!;
    }

    private static void Grow<T>(ref T[] values, int slot)
    {
        if (slot >= values.Length)
            Array.Resize(ref values, Math.Max(slot + 1, values.Length * 2));
    }

    private sealed class ValueColumn<T>(DataViewRow source, DataViewSchema.Column column) : BufferedColumn
    {
        private readonly ValueGetter<T> _source = source.GetGetter<T>(column);
        private T[] _values = [];

        public override void Fill(int slot)
        {
            // A fresh value each time: a getter may reuse or dispose what it is given, and the last one may still be in use.
            T value = default!;
            _source(ref value);
            Grow(ref _values, slot);
            _values[slot] = value;
        }

        public override Delegate Getter(Func<int> slot) => (ValueGetter<T>)((ref T value) =>
        {
            // The slot first: asking for it may fill it, into a grown array.
            int filled = slot();
            value = _values[filled];
        });
    }

    private sealed class VectorColumn<T>(DataViewRow source, DataViewSchema.Column column) : BufferedColumn
    {
        private readonly ValueGetter<VBuffer<T>> _source = source.GetGetter<VBuffer<T>>(column);
        private VBuffer<T>[] _values = [];

        public override void Fill(int slot)
        {
            Grow(ref _values, slot);
            _source(ref _values[slot]);
        }

        public override Delegate Getter(Func<int> slot) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
        {
            int filled = slot();
            _values[filled].CopyTo(ref value);
        });
    }

    private sealed class ImageColumn(DataViewRow source, DataViewSchema.Column column) : BufferedColumn
    {
        private readonly ValueGetter<MLImage> _source = source.GetGetter<MLImage>(column);
        private MLImage[] _values = [];

        public override void Fill(int slot)
        {
            Grow(ref _values, slot);
            _source(ref _values[slot]);
        }

        public override void Dispose()
        {
            foreach (MLImage? image in _values)
                image?.Dispose();
            _values = [];
            base.Dispose();
        }

        public override Delegate Getter(Func<int> slot) => (ValueGetter<MLImage>)((ref MLImage value) =>
        {
            // ML.NET's image steps dispose the image they are given, so each reader gets its own copy.
            value?.Dispose();
            int filled = slot();
            MLImage image = _values[filled];
            value = image is null ? null! : MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
        });
    }
}
