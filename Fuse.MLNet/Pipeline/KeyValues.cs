using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Keeps the values behind a label's keys in a form that JSON can hold.</summary>
/// <param name="Type">The values' .NET type name, such as <c>String</c> for text or <c>UInt32</c>.</param>
/// <param name="Values">The values, formatted invariantly.</param>
internal sealed record KeyValues(string Type, ValueList<string> Values)
{
    private static readonly Dictionary<string, (Type Raw, DataViewType Item)> Types = new()
    {
        ["String"] = (typeof(ReadOnlyMemory<char>), TextDataViewType.Instance),
        ["Single"] = (typeof(float), NumberDataViewType.Single),
        ["Double"] = (typeof(double), NumberDataViewType.Double),
        ["SByte"] = (typeof(sbyte), NumberDataViewType.SByte),
        ["Byte"] = (typeof(byte), NumberDataViewType.Byte),
        ["Int16"] = (typeof(short), NumberDataViewType.Int16),
        ["UInt16"] = (typeof(ushort), NumberDataViewType.UInt16),
        ["Int32"] = (typeof(int), NumberDataViewType.Int32),
        ["UInt32"] = (typeof(uint), NumberDataViewType.UInt32),
        ["Int64"] = (typeof(long), NumberDataViewType.Int64),
        ["UInt64"] = (typeof(ulong), NumberDataViewType.UInt64),
        ["Boolean"] = (typeof(bool), BooleanDataViewType.Instance),
        ["DateTime"] = (typeof(DateTime), DateTimeDataViewType.Instance),
    };

    /// <summary>Reads an annotation of a column, by default its KeyValues, or returns null when it has none.</summary>
    public static KeyValues? Read(DataViewSchema.Column column, string kind = AnnotationNames.KeyValues)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not VectorDataViewType type)
            return null;
        string name = Types.FirstOrDefault(pair => pair.Value.Raw == type.ItemType.RawType).Key
            ?? throw ColumnErrors.Schema($"The keys of column '{column.Name}' stand for values of type {type.ItemType}; supported are {string.Join(", ", Types.Keys)}.");
        return (KeyValues)Generic(nameof(ReadItems), type.ItemType.RawType).Invoke(null, [column, name, kind])!;
    }

    /// <summary>Adds the values as an annotation.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder builder, string kind) =>
        Generic(nameof(AddItems), Types[Type].Raw).Invoke(this, [builder, kind, Types[Type].Item]);

    /// <summary>Gets whether the values are text.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsText => Type == "String";

    private static System.Reflection.MethodInfo Generic(string method, Type item) =>
        typeof(KeyValues).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(item);

    private static KeyValues ReadItems<T>(DataViewSchema.Column column, string type, string kind)
    {
        VBuffer<T> values = default;
        column.Annotations.GetValue(kind, ref values);
        return new KeyValues(type, ValueList.Create<string>([.. values.DenseValues().Select(value => Format(value))]));
    }

    private void AddItems<T>(DataViewSchema.Annotations.Builder builder, string kind, PrimitiveDataViewType item)
    {
        T[] items = [.. Values.Select(Parse<T>)];
        builder.Add(kind, new VectorDataViewType(item, items.Length), (ref VBuffer<T> value) => new VBuffer<T>(items.Length, items).CopyTo(ref value));
    }

    private static string Format<T>(T value) => value switch
    {
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };

    private static T Parse<T>(string text) => typeof(T) == typeof(ReadOnlyMemory<char>) ? (T)(object)text.AsMemory()
        : typeof(T) == typeof(DateTime) ? (T)(object)DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
        : (T)Convert.ChangeType(text, typeof(T), CultureInfo.InvariantCulture);
}
