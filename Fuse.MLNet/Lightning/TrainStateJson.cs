using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Serializes the state of a run with code generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(TrainState))]
[JsonSerializable(typeof(LoggedValue))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(RunningMean[]))]
[JsonSerializable(typeof(ProcessMeans[]))]
internal sealed partial class TrainStateJson : JsonSerializerContext;
