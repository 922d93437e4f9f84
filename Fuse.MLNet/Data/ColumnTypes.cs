using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Says which column types have a tensor form, and which element type each gets.</summary>
internal static class ColumnTypes
{
    private static readonly HashSet<Type> Numbers =
    [
        typeof(float), typeof(double), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
    ];

    /// <summary>Gets a vector's item type, or the type itself.</summary>
    public static DataViewType ItemOf(DataViewType type) => (type as VectorDataViewType)?.ItemType ?? type;

    public static bool HasTensorForm(DataViewType item) => item is KeyDataViewType or BooleanDataViewType || Numbers.Contains(item.RawType);

    public static ScalarType DefaultDType(DataViewType item) => item is KeyDataViewType ? ScalarType.Int64
        : item.RawType == typeof(float) || item.RawType == typeof(double) || item.RawType == typeof(byte) || item.RawType == typeof(bool)
            ? ScalarType.Float32 : ScalarType.Int64;

    /// <summary>Keeps bytes and Booleans as bytes where the tensor type holds them exactly: staged images take a quarter of the memory.</summary>
    public static ScalarType StoredType(Type raw, ScalarType dtype) =>
        raw == typeof(byte) || raw == typeof(bool) || dtype == ScalarType.Bool ? ScalarType.Byte : dtype;

    public static Type ClrType(ScalarType stored, string columnName) => stored switch
    {
        ScalarType.Byte => typeof(byte),
        ScalarType.Int32 => typeof(int),
        ScalarType.Int64 => typeof(long),
        ScalarType.Float32 => typeof(float),
        ScalarType.Float64 => typeof(double),
        _ => throw new ArgumentException($"Column '{columnName}' cannot become a tensor of type {stored}; DType takes Float32, Float64, Int32, Int64, Byte and Bool."),
    };

    /// <summary>Gets the bytes of a number as an element of a stored type.</summary>
    /// <exception cref="OverflowException">The type cannot hold it.</exception>
    public static byte[] Stored(double value, ScalarType stored) => stored switch
    {
        ScalarType.Float32 => BitConverter.GetBytes((float)value),
        ScalarType.Float64 => BitConverter.GetBytes(value),
        _ when !double.IsInteger(value) => throw new OverflowException(),
        ScalarType.Byte => [byte.CreateChecked(value)],
        ScalarType.Int32 => BitConverter.GetBytes(int.CreateChecked(value)),
        _ => BitConverter.GetBytes(long.CreateChecked(value)),
    };

    /// <summary>Gets the converter of a type, other than a key's, to the stored type of a tensor.</summary>
    public static Type Converter(Type raw, ScalarType stored, ScalarType dtype)
    {
        Type storedClr = ClrType(stored, "");
        bool isReal = raw == typeof(float) || raw == typeof(double);
        return raw == typeof(bool) ? typeof(BooleanConverter<>).MakeGenericType(storedClr)
            : dtype == ScalarType.Bool ? typeof(TruthConverter<>).MakeGenericType(raw)
            : isReal && stored == ScalarType.Int64 ? typeof(IndexConverter<>).MakeGenericType(raw)
            : typeof(NumberConverter<,>).MakeGenericType(raw, storedClr);
    }
}
