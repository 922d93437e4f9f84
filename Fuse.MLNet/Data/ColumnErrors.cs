using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Makes the errors of columns that do not fit, worded the same for a schema and for its shape.</summary>
internal static class ColumnErrors
{
    public static ArgumentException Missing(string columnName, string role, IEnumerable<string> names) =>
        Schema($"The input has no column '{columnName}' (needed for {role}). {ClosestName.Hint(columnName, names)} " +
            "If it was there before: AppendCacheCheckpoint, Data.Cache and Data.ShuffleRows silently drop columns of images and of other types of one's own; " +
            "leave them out, or put them behind the step that turns such a column into numbers.");

    public static ArgumentException NoTensorForm(string columnName, object type) => Schema(
        $"Column '{columnName}' is {type}, which has no tensor form; expected a number, Boolean or key, or a vector of those. " +
        $"Convert it before this step: a text label with mlContext.Transforms.Conversion.MapValueToKey(\"{columnName}\"), other text with FeaturizeText, " +
        $"images with ExtractPixels, numbers in text with ConvertType; a column of paths is read from its files with {nameof(TensorColumn.Reader)}.");

    public static ArgumentException UnknownSize(string columnName) => Schema(
        $"Column '{columnName}' is a vector of unknown size. Give the shape of a row, new TensorColumn(\"{columnName}\", [784]), or fix the size in the data class with [VectorType(784)].");

    public static InvalidOperationException DoesNotFit<T>(ColumnBinding binding, long row, T value) => MLNetErrors.Mark(new InvalidOperationException(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Column '{binding.Column.ColumnName}' holds {value} in row {row}, which a tensor of type {binding.DType} cannot hold.")));

    public static string MissingKeys(string columnName, long count) =>
        $"Column '{columnName}' has {count} missing keys; as class index they are {TensorColumn.MissingTarget}, and losses leave them out.";

    public static ArgumentException Schema(string message) => MLNetErrors.SchemaMismatch(message);

    /// <summary>Gets the shape of a row: the one asked for, checked against the vector's size, or the vector's own.</summary>
    public static ValueList<long> CheckedShape(TensorColumn column, DataViewType type)
    {
        long elements = column.Shape.Aggregate(1L, (product, size) => product * size);
        ValueList<long> shape = column.Shape;
        if (type is not VectorDataViewType vector)
            shape = column.Shape.Count == 0 || elements == 1 ? column.Shape
                : throw Schema($"Column '{column.ColumnName}' is a scalar {type}; the shape {column.Shape} needs a vector of {elements} values.");
        else if (column.Shape.Count > 0)
            shape = !vector.IsKnownSize || vector.Size == elements ? column.Shape
                : throw Schema($"Column '{column.ColumnName}' has {vector.Size} values a row ({type}); the shape {column.Shape} needs {elements}.");
        else
            shape = vector.IsKnownSize ? ValueList.Create<long>([.. vector.Dimensions.Select(size => (long)size)]) : throw UnknownSize(column.ColumnName);
        CheckNormalization(column, shape);
        return shape;
    }

    /// <summary>Checks mean and deviation against the shape of a row.</summary>
    public static void CheckNormalization(TensorColumn column, ValueList<long> shape)
    {
        CheckChannels(column, shape, column.Mean, nameof(TensorColumn.Mean));
        CheckChannels(column, shape, column.StandardDeviation, nameof(TensorColumn.StandardDeviation));
        if (column.StandardDeviation?.Any(value => !(value > 0)) == true)
            throw Schema($"Column '{column.ColumnName}': {nameof(TensorColumn.StandardDeviation)} {column.StandardDeviation} has a value that is not positive.");
    }

    /// <summary>Checks a column that has a reader: it must hold one text a row, and be given the shape of a file's tensor.</summary>
    public static void CheckFiles(TensorColumn column, DataViewType item, bool isScalar)
    {
        if (item is not TextDataViewType || !isScalar)
            throw Schema($"Column '{column.ColumnName}' is {(isScalar ? "" : "a vector of ")}{item}; its {nameof(TensorColumn.Reader)} needs one text a row, the path of a file. " +
                $"Name the column of paths, or leave {nameof(TensorColumn.Reader)} out.");
        if (column.Shape.Count == 0)
            throw Schema($"Column '{column.ColumnName}' has a {nameof(TensorColumn.Reader)} and no shape. Give that of each file's tensor, such as " +
                $"new TensorColumn(\"{column.ColumnName}\", [1, 64, 64]) {{ {nameof(TensorColumn.Reader)} = ... }}.");
    }

    /// <summary>Gets the number of elements and of bytes of a row.</summary>
    /// <exception cref="ArgumentException">They are more than 2 GB.</exception>
    public static (int Elements, int Bytes) CheckedSize(TensorColumn column, ValueList<long> shape, ScalarType type)
    {
        Int128 bytes = SafetensorsDType.SizeOf(type);
        foreach (long size in shape)
            bytes = bytes > Array.MaxLength ? bytes : bytes * size;
        return bytes <= Array.MaxLength ? ((int)bytes / SafetensorsDType.SizeOf(type), (int)bytes)
            : throw Schema($"Column '{column.ColumnName}': a row of the shape {shape} has more than 2 GB as {type}. Read a smaller part of it, or choose a narrower {nameof(TensorColumn.DType)}.");
    }

    private static void CheckChannels(TensorColumn column, ValueList<long> shape, ValueList<float>? values, string option)
    {
        if (values is not null && values.Count != 1 && (shape.Count == 0 || values.Count != shape[0]))
            throw Schema($"Column '{column.ColumnName}': {option} has {values.Count} values; expected 1, or one for each index of the first dimension of {shape}.");
    }
}
