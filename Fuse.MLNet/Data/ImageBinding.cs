using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Binds a column of images, or of the bytes of their files. Pixels are kept as bytes, and become numbers of the tensor's type in the batch.</summary>
internal sealed class ImageBinding(string key, TensorColumn column, DataViewSchema.Column source, ValueList<long> rowShape)
    : ColumnBinding(key, column, source, rowShape, ScalarType.Byte, column.DType ?? ScalarType.Float32)
{
    private const float FullByte = 255;

    public override float Divisor => Column.Image!.Scale && DType is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64 ? FullByte : 1;

    /// <summary>Binds a column; what it leaves open is settled, so that the model file has it.</summary>
    /// <exception cref="ArgumentException">The column does not hold images, or has no fitting shape.</exception>
    public static ImageBinding Create(DataViewSchema.Column source, string key, TensorColumn column)
    {
        ValueList<long> shape = ColumnErrors.CheckedImages(column, ColumnTypes.ItemOf(source.Type), source.Type is VectorDataViewType);
        return new ImageBinding(key, column with { Image = column.Image ?? new ImageColumn() }, source, shape);
    }

    protected override ColumnReader OpenReader(DataViewRow row) => Source.Type is VectorDataViewType
        ? new EncodedReader(row, row.GetGetter<VBuffer<byte>>(row.Schema[Source.Index]), this)
        : new ImageReader(row, row.GetGetter<MLImage>(row.Schema[Source.Index]), this);

    private abstract class Reader(DataViewRow row, ImageBinding binding) : ColumnReader
    {
        private readonly ImageScaler _scaler = new(binding.RowShape, binding.Column.Image!);

        protected void Write(MLImage image, Span<byte> destination)
        {
            try
            {
                _scaler.Run(image, destination);
            }
            catch (InvalidDataException error)
            {
                throw Failed($"the image {error.Message}", error);
            }
            catch (InvalidOperationException error)
            {
                throw Failed($"the image has no pixels; was it disposed by its owner? {NativeErrors.FirstLine(error)}", error);
            }
        }

        protected T Guard<T>(Func<T> load)
        {
            try
            {
                return load();
            }
            catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
            {
                throw Failed($"the image could not be read: {NativeErrors.FirstLine(error)}", error);
            }
        }

        protected InvalidDataException Failed(string why, Exception? error = null) =>
            MLNetErrors.Mark(new InvalidDataException($"Column '{binding.Column.ColumnName}', row {row.Position}: {why}", error));
    }

    private sealed class ImageReader(DataViewRow row, ValueGetter<MLImage> getter, ImageBinding binding) : Reader(row, binding)
    {
        // Steps that make images dispose the one before, and the last with their cursor; those in a user's own objects are not ours to dispose.
        private MLImage? _image;

        public override void Read(Span<byte> destination) => Write(Guard(Load) ?? throw Failed(
            "there is no image. LoadImages makes none of an empty path: give the row an image, or leave it out before."), destination);

        private MLImage? Load()
        {
            getter(ref _image!);
            return _image;
        }
    }

    private sealed class EncodedReader(DataViewRow row, ValueGetter<VBuffer<byte>> getter, ImageBinding binding) : Reader(row, binding)
    {
        private VBuffer<byte> _bytes;

        public override void Read(Span<byte> destination)
        {
            using MLImage image = Guard(Load) ?? throw Failed("there is no byte of an image's file. LoadRawImageBytes gives none for a missing file: mend its path, or leave the row out before.");
            Write(image, destination);
        }

        private MLImage? Load()
        {
            getter(ref _bytes);
            if (_bytes.Length == 0)
                return null;
            using var stream = new MemoryStream(_bytes.IsDense ? _bytes.GetValues().ToArray() : [.. _bytes.DenseValues()]);
            return MLImage.CreateFromStream(stream);
        }
    }
}
