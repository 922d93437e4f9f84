using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Lets JSON hold a <see cref="ValueList{T}"/> as a plain array.</summary>
internal sealed class ValueListJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(ValueList<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<ValueList<T>>
    {
        public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            T[] items = JsonSerializer.Deserialize<T[]>(ref reader, options) ?? throw new JsonException("A list was expected where null stands.");
            // Only lists of names may leave one out.
            return typeof(T) == typeof(string) || Nullable.GetUnderlyingType(typeof(T)) is not null || !items.Any(item => item is null) ? new(items)
                : throw new JsonException($"A {typeof(T).Name} was expected where null stands.");
        }

        public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
