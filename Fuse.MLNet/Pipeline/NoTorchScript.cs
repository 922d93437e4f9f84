using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Keeps TorchScript, which is code, out of what is saved without a check for it, such as a user's own loss.</summary>
internal sealed class NoTorchScript : JsonConverter<TorchScriptFile>
{
    private const string Refused = "a TorchScript network cannot be saved here; only the trained model holds one";

    public override TorchScriptFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException(Refused);

    public override void Write(Utf8JsonWriter writer, TorchScriptFile value, JsonSerializerOptions options) => throw new NotSupportedException(Refused);
}
