using System.Text;
using System.Text.Json;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates JSON at the places of its values and names, so that most of it stays readable.</summary>
internal static class JsonMutator
{
    private static readonly string[] Scalars =
    [
        "-1", "0", "1", "2", "3", "7", "-2147483648", "2147483647", "2147483648", "1000000000", "2000000000", "4294967296", "1000000000000", "4611686018427387904", "9223372036854775807",
        "-9223372036854775808", "18446744073709551616", "0.5", "-0.5", "1e308", "1e400", "1E-400", "\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"\"", "\"1\"", "null", "true", "false", "[]", "{}", "[[]]",
        "\"\\u0000\"", "\"\\ud800\"", "\"../../evil\"", "\"/etc/passwd\"", "\"[1]\"", "[1000000000]", "[9223372036854775807,9223372036854775807]", "[-1]", "[0]", "[\"NaN\"]",
    ];

    private static readonly string[] Words =
    [
        "System.Diagnostics.Process", "System.IO.FileInfo", "System.Object", "System.String", "System.Collections.Generic.List`1", "System.Collections.Generic.List`1[[System.Diagnostics.Process, System.Diagnostics.Process]]",
        "Fuse.MLNet.Examples.Stress.Canary", "Fuse.MLNet.Examples.Stress.CanaryCount", "Fuse.MLNet.Examples.Stress.Row", "Fuse.MLNet.Examples.Stress.Perceptron", "Fuse.MLNet.MViTClassToken", "Fuse.MLNet.TorchScriptModule",
        "Fuse.MLNet.LightningModuleDefault", "TorchSharp.torch+nn+Module", "TorchSharp.Modules.Linear", "TorchSharp.Modules.ModuleList`1", "TorchSharp.Modules.CTCLoss", "Microsoft.ML.MLContext",
        "Stress", "Fuse.MLNet", "TorchSharp", "System.Private.CoreLib", "System.Diagnostics.Process, Version=0.0.0.0", "Microsoft.ML.Core", "../../evil.dll", "a,b=c", "*", "Name[]", "Name&", "Name*", "\\u0000", "[[", "`1", "+",
        "network.module", "network.torch_script", "network.multilayer_perceptron", "network.wrap_dict_to_seq", "backbone.resnet", "backbone.multilayer_perceptron", "backbone.vit", "backbone.mvit", "backbone.inception_resnet_v2",
        "backbone.efficient_unet", "backbone.text_encoder", "backbone.transformer", "backbone.unet_3d", "model.ensemble", "model.multi_head", "model.wrap_seq_to_dict", "head.1d", "head.network", "data.input", "data.label",
        "model.output.cls", "model.logits.cls", "Softmax", "Single", "Int64", "Float32", "resnet50", "Ordinal", "Cls", "0000000000000000000000000000000000000000000000000000000000000000",
    ];

    /// <summary>Mutates a copy of JSON, once to three times.</summary>
    public static byte[] Mutate(byte[] json, SeededRandom random)
    {
        for (int left = 1 + random.Below(3); left > 0; left--)
            json = Once(json, random);
        return json;
    }

    private static byte[] Once(byte[] json, SeededRandom random)
    {
        List<(int Start, int End, JsonTokenType Type)> parts;
        try
        {
            parts = Parts(json);
        }
        catch (JsonException)
        {
            return ByteMutator.Mutate(json, random);
        }
        if (random.Chance(0.1f))
            return ByteMutator.Mutate(json, random);
        (int start, int end, JsonTokenType type) = parts[random.Below(parts.Count)];
        // A name keeps being one, mostly.
        string with = type == JsonTokenType.PropertyName ? Name(json, parts, random) : Value(json, start, end, type, parts, random);
        return [.. json[..start], .. Encoding.UTF8.GetBytes(with), .. json[end..]];
    }

    private static string Name(byte[] json, List<(int Start, int End, JsonTokenType Type)> parts, SeededRandom random)
    {
        (int Start, int End, JsonTokenType Type)[] names = [.. parts.Where(part => part.Type == JsonTokenType.PropertyName)];
        (int start, int end, _) = names[random.Below(names.Length)];
        return random.Below(5) switch
        {
            0 => $"\"{Words[random.Below(Words.Length)]}\"",
            1 => "\"kind\"",
            2 => $"\"unknown\": {Nested(random)}, \"x\"",
            _ => Encoding.UTF8.GetString(json[start..end]),
        };
    }

    private static string Value(byte[] json, int start, int end, JsonTokenType type, List<(int Start, int End, JsonTokenType Type)> parts, SeededRandom random)
    {
        if (type == JsonTokenType.String && random.Chance(0.6f))
            return $"\"{Words[random.Below(Words.Length)]}\"";
        switch (random.Below(24))
        {
            case 0:
                return Nested(random);
            case 1:
                return $"[{string.Join(',', Enumerable.Repeat(Scalars[random.Below(Scalars.Length)], 1 << random.Below(17)))}]";
            case 2:
                return $"\"{new string('x', 1 << random.Below(21))}\"";
            case 3 or 4 or 5:
                // Another part of the same file, which is valid somewhere else.
                (int Start, int End, JsonTokenType Type)[] others = [.. parts.Where(part => part.Type != JsonTokenType.PropertyName)];
                (int from, int to, _) = others[random.Below(others.Length)];
                return Encoding.UTF8.GetString(json[from..to]);
            case 6:
                string own = Encoding.UTF8.GetString(json[start..end]);
                return $"[{own},{own}]";
            default:
                return Scalars[random.Below(Scalars.Length)];
        }
    }

    private static string Nested(SeededRandom random)
    {
        int depth = 1 << random.Below(15);
        return random.Chance(0.5f) ? $"{new string('[', depth)}{new string(']', depth)}" : $"{string.Concat(Enumerable.Repeat("{\"model\":", depth))}1{new string('}', depth)}";
    }

    /// <summary>Finds the names and values, those that hold others too.</summary>
    private static List<(int Start, int End, JsonTokenType Type)> Parts(byte[] json)
    {
        var parts = new List<(int Start, int End, JsonTokenType Type)>();
        var open = new Stack<int>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1 << 16 });
        while (reader.Read())
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push((int)reader.TokenStartIndex);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    parts.Add((open.Pop(), (int)reader.BytesConsumed, reader.TokenType));
                    break;
                case JsonTokenType.PropertyName:
                    // The reader has consumed the colon too.
                    int end = (int)reader.BytesConsumed;
                    while (json[end - 1] != '"')
                        end--;
                    parts.Add(((int)reader.TokenStartIndex, end, reader.TokenType));
                    break;
                default:
                    parts.Add(((int)reader.TokenStartIndex, (int)reader.BytesConsumed, reader.TokenType));
                    break;
            }
        return parts;
    }
}
