namespace Fuse.MLNet;

/// <summary>Reads <c>.npy</c> files, as <c>numpy.save</c> writes them: one array a file.</summary>
/// <remarks>
/// Format versions 1.0 to 3.0, in C and Fortran order, little-endian: Booleans, integers up to 64 bits (but <c>uint64</c>), and reals of 16, 32 and 64 bits.
/// A file's values are read once, and once more where they are widened or put in C order: no more than a few times the bytes that the file has, whatever its header claims. One
/// whose header does not describe exactly its data is refused.
/// </remarks>
public sealed record NumpyReader : TensorReader
{
    internal override TensorFileReader Build() => new NumpyFileReader();
}
