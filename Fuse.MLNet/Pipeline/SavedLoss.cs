using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Fuse.MLNet;

/// <summary>Holds a loss in a form that JSON can hold: one of this library as it is, a user's own by its class and its properties.</summary>
internal sealed record SavedLoss
{
    private static readonly JsonSerializerOptions Custom = new()
    {
        MaxDepth = 16,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsComputed } },
        Converters = { new NoTorchScript() },
    };

    public LossBase? BuiltIn { get; init; }

    public string? TypeName { get; init; }

    public string? AssemblyName { get; init; }

    public JsonElement? Value { get; init; }

    /// <summary>Puts a loss into its saved form.</summary>
    /// <exception cref="InvalidOperationException">The loss cannot be saved; the message says why and what to do instead.</exception>
    public static SavedLoss Of(LossBase loss)
    {
        Type type = loss.GetType();
        if (loss.WhyNotSavable() is { } reason)
            throw MLNetErrors.Mark(new InvalidOperationException($"This loss cannot be saved: {reason}."));
        if (type.Assembly == typeof(LossBase).Assembly)
            return new SavedLoss { BuiltIn = loss };
        ClassRegistry.Remember(type);
        JsonElement value = Written(loss, type);
        CheckComesBack(type, value);
        return new SavedLoss { TypeName = type.FullName, AssemblyName = type.Assembly.GetName().Name, Value = value };
    }

    /// <summary>Makes the loss again.</summary>
    public LossBase Open() => BuiltIn ?? (LossBase)(Value ?? throw new InvalidDataException("The model file's loss is missing."))
        .Deserialize(ClassRegistry.Find<LossBase>(TypeName ?? "", AssemblyName ?? "", "loss"), Custom)!;

    private static JsonElement Written(LossBase loss, Type type)
    {
        try
        {
            return JsonSerializer.SerializeToElement(loss, type, Custom);
        }
        catch (NotSupportedException error)
        {
            throw MLNetErrors.Mark(new InvalidOperationException($"This loss cannot be saved: {error.Message}", error));
        }
    }

    // What a file cannot give back must be said while the loss is still there.
    private static void CheckComesBack(Type type, JsonElement value)
    {
        string? problem = null;
        try
        {
            JsonElement again = JsonSerializer.SerializeToElement(value.Deserialize(type, Custom), type, Custom);
            problem = value.EnumerateObject()
                .Where(property => !again.TryGetProperty(property.Name, out JsonElement other) || !JsonElement.DeepEquals(property.Value, other))
                .Select(property => property.Name).FirstOrDefault();
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            problem = error.Message;
        }
        if (problem is not null)
            throw MLNetErrors.Mark(new InvalidOperationException($"This loss cannot be saved: {type.Name} does not come back from JSON ({problem}). " +
                "Give each property an init accessor, or a constructor parameter of the property's name and type."));
    }

    private static void LeaveOutWhatIsComputed(JsonTypeInfo type)
    {
        if (!typeof(LossBase).IsAssignableFrom(type.Type))
            return;
        string[] computed = [nameof(LossBase.Link), nameof(LossBase.PredictionKey), nameof(LossBase.Preprocess)];
        foreach (JsonPropertyInfo property in type.Properties.Where(property => computed.Contains(property.Name)).ToArray())
            type.Properties.Remove(property);
    }
}
