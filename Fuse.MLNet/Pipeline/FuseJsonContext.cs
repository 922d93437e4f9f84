using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Serializes descriptions with code generated at build time: a file can name none but the types that are listed here.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowOutOfOrderMetadataProperties = true,
    UseStringEnumConverter = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(LossStageDescription))]
[JsonSerializable(typeof(FuseModel[]))]
[JsonSerializable(typeof(Head[]))]
[JsonSerializable(typeof(Network[]))]
[JsonSerializable(typeof(KeyValuePair<string, string>[]))]
[JsonSerializable(typeof(NamedLoss[]))]
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(FittedOutput[]))]
[JsonSerializable(typeof(CategoricalInput[]))]
[JsonSerializable(typeof(EnsembleMemberInput[]))]
[JsonSerializable(typeof(EnsembleMemberOutput[]))]
[JsonSerializable(typeof(LoggedValue))]
[JsonSerializable(typeof(double))]
internal sealed partial class FuseJsonContext : JsonSerializerContext;
