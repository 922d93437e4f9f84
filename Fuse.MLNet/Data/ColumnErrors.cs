using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

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
        $"numbers in text with ConvertType; paths of pictures are loaded by LoadImages, and those of other files are read with {nameof(TensorColumn.Reader)}.");

    public static ArgumentException UnknownSize(string columnName) => Schema(
        $"Column '{columnName}' is a vector of unknown size. Give the shape of a row, new TensorColumn(\"{columnName}\", [784]), fix the size in the data class with [VectorType(784)], " +
        $"or, where it differs from row to row, fill rows up: new TensorColumn(\"{columnName}\") {{ {nameof(TensorColumn.PadTo)} = 128 }}.");

    public static InvalidOperationException DoesNotFit<T>(ColumnBinding binding, long row, T value) => MLNetErrors.Mark(new InvalidOperationException(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Column '{binding.Column.ColumnName}' holds {value} in row {row}, which a tensor of type {binding.DType} cannot hold.")));

    public static string MissingKeys(string columnName, long count) =>
        $"Column '{columnName}' has {count} missing keys; as class index they are {TensorColumn.MissingTarget}, and losses leave them out.";

    public static string CutRows(ColumnBinding binding, long count) =>
        $"Column '{binding.Source.Name}' has more than {nameof(TensorColumn.PadTo)} = {binding.Column.PadTo} values in {count} rows, of which the first ones were kept.";

    public static string SkippedRows(long count) =>
        $"{count} rows with NaN or infinite features were left out ({nameof(NonFiniteFeatures)}.{nameof(NonFiniteFeatures.SkipRow)}).";

    public static InvalidOperationException NotFinite(ColumnBinding binding, ReadOnlySpan<byte> values, long row, string? id)
    {
        (double value, int place) = FiniteValues.First(values, binding.StoredType);
        return MLNetErrors.Mark(new InvalidOperationException(string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"Column '{binding.Column.ColumnName}' holds {value} in row {row}{(id is null ? "" : $" (id '{id}')")}{(binding.RowElements > 1 ? $", at index {place}" : "")}. Mend the row or fill it in before this step, such as by " +
            $"ml.Transforms.ReplaceMissingValues, or set {nameof(NonFiniteFeatures)}: {nameof(NonFiniteFeatures.SkipRow)} leaves such rows out, {nameof(NonFiniteFeatures.Replace)}(0) puts a number in place, " +
            $"and {nameof(NonFiniteFeatures.Keep)} is for networks that take such values.")));
    }

    public static ArgumentException Schema(string message) => MLNetErrors.SchemaMismatch(message);

    /// <summary>Gets the shape of a row: the one asked for, checked against the vector's size, or the vector's own.</summary>
    public static ValueList<long> CheckedShape(TensorColumn column, DataViewType type)
    {
        if (column.PadTo is { } length)
        {
            ValueList<long> padded = ValueList.Create<long>([length]);
            CheckNormalization(column, padded);
            return padded;
        }
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

    /// <summary>Checks a column whose rows are filled up: it must be a vector without another shape.</summary>
    public static void CheckPadded(TensorColumn column, DataViewType type, bool isVector)
    {
        if (!isVector || column.Reader is not null || column.Image is not null)
            throw Schema($"Column '{column.ColumnName}' is {type}{(isVector ? " with a reader" : "")}; {nameof(TensorColumn.PadTo)} fills up vectors of numbers or keys. Leave it out.");
        if (column.Shape.Count > 0 && !(column.Shape.Count == 1 && column.Shape[0] == column.PadTo))
            throw Schema($"Column '{column.ColumnName}' has {nameof(TensorColumn.PadTo)} = {column.PadTo}, and the shape {column.Shape}: leave the shape out, which is [{column.PadTo}] then.");
    }

    /// <summary>Checks that the tensor can hold the value that rows are filled up by.</summary>
    public static void CheckPadding(TensorColumn column, ScalarType stored, ScalarType dtype)
    {
        try
        {
            ColumnTypes.Stored(column.PaddingValue, stored);
        }
        catch (OverflowException)
        {
            throw Schema(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Column '{column.ColumnName}': {nameof(TensorColumn.PaddingValue)} {column.PaddingValue} does not fit its tensor of type {dtype}."));
        }
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
        if (column.Image is not null)
            throw Schema($"Column '{column.ColumnName}' has both a {nameof(TensorColumn.Reader)} of files and an {nameof(TensorColumn.Image)} of a column of images: leave one out.");
        if (column.Shape.Count == 0)
            throw Schema($"Column '{column.ColumnName}' has a {nameof(TensorColumn.Reader)} and no shape. Give that of each file's tensor, such as " +
                $"new TensorColumn(\"{column.ColumnName}\", [1, 64, 64]) {{ {nameof(TensorColumn.Reader)} = ... }}.");
    }

    /// <summary>Checks a column of images or of their files' bytes, and gets the shape of a row: the one asked for, or the images' own size in colours.</summary>
    /// <exception cref="ArgumentException">It does not hold images, or has no shape of images.</exception>
    public static ValueList<long> CheckedImages(TensorColumn column, DataViewType item, bool isVector)
    {
        if (item is not ImageDataViewType && !(isVector && item == NumberDataViewType.Byte))
            throw Schema($"Column '{column.ColumnName}' is {(isVector ? "a vector of " : "")}{item}; its {nameof(TensorColumn.Image)} needs images, which mlContext.Transforms.LoadImages makes of paths, " +
                "or the bytes of their files, as LoadRawImageBytes or a byte[] property gives them. Name such a column, or leave the option out.");
        ValueList<long> shape = column.Shape.Count > 0 ? column.Shape : item is ImageDataViewType { Height: > 0 } images ? ValueList.Create<long>([3, images.Height, images.Width])
            : throw Schema($"Column '{column.ColumnName}' holds images of unknown size. Give the shape that they are brought to: new TensorColumn(\"{column.ColumnName}\", [3, 224, 224]).");
        if (shape.Count is not (2 or 3) || (shape.Count == 3 && shape[0] is not (1 or 3 or 4)))
            throw Schema($"Column '{column.ColumnName}' holds images, and its shape is {shape}; expected [channels, height, width] of 1 (grey), 3 (colours) or 4 channels (colours and opacity), or [height, width].");
        if (column.Image is { Resize: not ImageResize.IsoCrop, CropFraction: < 1 } image)
            throw Schema($"Column '{column.ColumnName}': {nameof(ImageColumn.CropFraction)} is a part of what {nameof(ImageResize.IsoCrop)} cuts out, and {nameof(ImageColumn.Resize)} is {image.Resize}: leave one out.");
        CheckNormalization(column, shape);
        return shape;
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
