namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is a mutated file.</summary>
/// <param name="Name">What it was made of, and how.</param>
/// <param name="Bytes">The file.</param>
/// <param name="CheckedBytes">The bytes that may be read of it: those of its entries unpacked, but for what must be refused before.</param>
internal sealed record Mutant(string Name, byte[] Bytes, long CheckedBytes);
