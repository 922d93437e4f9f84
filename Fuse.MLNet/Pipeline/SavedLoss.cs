using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Holds a loss in a form that JSON can hold: one of this library as it is, a user's own by its class and its properties.</summary>
internal sealed record SavedLoss
{
    private static readonly JsonSerializerOptions Custom = new()
    {
        MaxDepth = 16,
        IgnoreReadOnlyProperties = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
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
        return new SavedLoss { TypeName = type.FullName, AssemblyName = type.Assembly.GetName().Name, Value = JsonSerializer.SerializeToElement(loss, type, Custom) };
    }

    /// <summary>Makes the loss again.</summary>
    public LossBase Open() => BuiltIn ?? (LossBase)(Value ?? throw new InvalidDataException("The model file's loss is missing."))
        .Deserialize(ClassRegistry.Find<LossBase>(TypeName ?? "", AssemblyName ?? "", "loss"), Custom)!;
}
