using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Holds the bytes of a TorchScript file. Two are equal when their bytes are.</summary>
[JsonConverter(typeof(TorchScriptFileConverter))]
internal sealed class TorchScriptFile : IEquatable<TorchScriptFile>
{
    private readonly byte[] _bytes;

    public TorchScriptFile(byte[] bytes) => (_bytes, Sha256) = (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Gets the SHA-256 of the bytes, in small hexadecimal digits.</summary>
    public string Sha256 { get; }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a file whole and checks that it is a TorchScript archive without damage.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is something else, or damaged.</exception>
    public static TorchScriptFile Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The TorchScript file '{path}' is not there; its full path is '{Path.GetFullPath(path)}'.", path);
        byte[] bytes = File.ReadAllBytes(path);
        Check(bytes, $"'{path}'");
        return new TorchScriptFile(bytes);
    }

    /// <summary>Loads the script into memory of its own. This may run code of the file.</summary>
    /// <exception cref="InvalidDataException">libtorch refuses it.</exception>
    public jit.ScriptModule Load()
    {
        try
        {
            return jit.load(_bytes);
        }
        catch (System.Runtime.InteropServices.ExternalException error)
        {
            throw MLNetErrors.Mark(new InvalidDataException($"The TorchScript file cannot be loaded by this version of libtorch: {NativeErrors.FirstLine(error)}", error));
        }
    }

    public bool Equals(TorchScriptFile? other) => other is not null && other.Sha256 == Sha256;

    public override bool Equals(object? obj) => Equals(obj as TorchScriptFile);

    public override int GetHashCode() => Sha256.GetHashCode(StringComparison.Ordinal);

    /// <summary>Writes the check sum.</summary>
    public override string ToString() => Sha256;

    // libtorch ends the whole process on some damaged files.
    private static void Check(byte[] bytes, string source)
    {
        string[] names;
        try
        {
            names = ZipCheck.Names(bytes);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{source} is not a whole TorchScript file: {error.Message}. Write it again in Python: torch.jit.script(model).save(path).", error);
        }
        if (!names.Any(name => name.Split('/') is [_, "code", ..]) || !names.Any(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)))
            throw new InvalidDataException($"{source} holds no TorchScript code: torch.save wrote it, perhaps, which keeps weights only. In Python: torch.jit.script(model).save(path).");
    }
}
