using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Binds a text column whose files are read to tensors.</summary>
internal sealed class FileBinding(string key, TensorColumn column, DataViewSchema.Column source, ScalarType storedType, ScalarType dtype)
    : ColumnBinding(key, column, source, column.Shape, storedType, dtype)
{
    /// <summary>Binds a column that has a reader.</summary>
    /// <exception cref="ArgumentException">The column does not hold text, or has no shape.</exception>
    public static FileBinding Create(DataViewSchema.Column source, string key, TensorColumn column)
    {
        ColumnErrors.CheckFiles(column, ColumnTypes.ItemOf(source.Type), source.Type is not VectorDataViewType);
        ColumnErrors.CheckNormalization(column, column.Shape);
        column.Reader!.CheckClass();
        ScalarType dtype = column.DType ?? ScalarType.Float32;
        ScalarType stored = ColumnTypes.StoredType(typeof(string), dtype);
        ColumnTypes.ClrType(stored, column.ColumnName);
        return new FileBinding(key, column, source, stored, dtype);
    }

    protected override ColumnReader OpenReader(DataViewRow row) =>
        new Reader(row, row.GetGetter<ReadOnlyMemory<char>>(row.Schema[Source.Index]), this, Column.Reader!.Build());

    private sealed class Reader(DataViewRow row, ValueGetter<ReadOnlyMemory<char>> getter, ColumnBinding binding, TensorFileReader files) : ColumnReader
    {
        private ReadOnlyMemory<char> _text;
        private ScalarType _type;
        private ElementCopy? _copy;

        public override void Read(Span<byte> destination)
        {
            getter(ref _text);
            string path = FullPath(_text.ToString());
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            Tensor values = Guard(path, () => Plain(files.Read(path)));
            if (!values.shape.AsSpan().SequenceEqual(binding.RowShape.ToArray()))
                throw Failed($"has the shape [{string.Join(", ", values.shape)}], where the column's is {binding.RowShape}", path);
            if (_copy is null || values.dtype != _type)
                _copy = ElementCopy.Create(_type = values.dtype, binding);
            if (_copy is null)
                throw Failed($"has values of type {values.dtype}, which are neither integers, real numbers nor Booleans", path);
            _copy.Run(values.bytes, destination, row.Position);
        }

        // What libtorch lays out in its own way, or computes with only on some devices, becomes plain values in memory.
        private static Tensor Plain(Tensor? values)
        {
            ArgumentNullException.ThrowIfNull(values);
            Tensor plain = values.cpu().contiguous();
            return plain.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? plain.to(ScalarType.Float32) : plain;
        }

        private string FullPath(string text)
        {
            if (text.Length == 0)
                throw MLNetErrors.Mark(new InvalidDataException($"Column '{binding.Column.ColumnName}' has no path in row {row.Position}."));
            string path = Guard(text, () => binding.Column.Reader!.FullPath(text));
            return Path.Exists(path) ? path : throw MLNetErrors.Mark(new FileNotFoundException(
                $"Column '{binding.Column.ColumnName}' names '{text}' in row {row.Position}, which is not there; its full path is '{path}'.", path));
        }

        private T Guard<T>(string path, Func<T> read)
        {
            try
            {
                return read();
            }
            catch (Exception error) when (error is not (OutOfMemoryException or OperationCanceledException))
            {
                throw Failed($"could not be read by {files.GetType().Name}: {NativeErrors.FirstLine(error)}", path, error);
            }
        }

        private InvalidDataException Failed(string why, string path, Exception? error = null) =>
            MLNetErrors.Mark(new InvalidDataException($"Column '{binding.Column.ColumnName}', row {row.Position}: the file '{path}' {why}", error));
    }
}
