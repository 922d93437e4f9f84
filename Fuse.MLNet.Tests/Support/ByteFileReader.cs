namespace Fuse.MLNet.Tests;

/// <summary>Reads a file's bytes, each times a factor, as a vector: the reader of a user.</summary>
public sealed class ByteFileReader(double scale = 1) : TensorFileReader
{
    public override Tensor Read(string path) => tensor(File.ReadAllBytes(path).Select(value => value * scale).ToArray());
}
