using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Reads descriptions such that a property which a file leaves out, as an older one does, has its default.</summary>
/// <remarks>
/// Code that is generated at build time passes init-only properties to the constructor, so that what is left out becomes null or 0. Reading therefore goes by the properties
/// themselves, on an object that its own initializers have filled; the generated code still says which types a file may hold.
/// </remarks>
internal static class JsonDefaults
{
    /// <summary>Gets how to read a type of a context.</summary>
    /// <param name="context">Lists the types, and has the options.</param>
    /// <param name="converter">Reads a type in its own way, or null.</param>
    public static JsonTypeInfo<T> Reading<T>(JsonSerializerContext context, JsonConverter? converter = null)
    {
        var options = new JsonSerializerOptions(context.Options) { TypeInfoResolver = new Listed(context) };
        options.Converters.Add(new JsonStringEnumConverter());
        if (converter is not null)
            options.Converters.Add(converter);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    private sealed class Listed(IJsonTypeInfoResolver context) : IJsonTypeInfoResolver
    {
        private readonly DefaultJsonTypeInfoResolver _properties = new();

        public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) =>
            context.GetTypeInfo(type, options) is null ? null : _properties.GetTypeInfo(type, options);
    }
}
