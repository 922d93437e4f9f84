using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Writes a TorchScript file into JSON itself, where there is no archive beside it.</summary>
internal sealed class TorchScriptFileConverter : JsonConverter<TorchScriptFile>
{
    public override TorchScriptFile Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, TorchScriptFile value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Bytes.Span);
}
