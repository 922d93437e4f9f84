namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates bytes, whatever they mean.</summary>
internal static class ByteMutator
{
    /// <summary>Mutates a copy of bytes.</summary>
    public static byte[] Mutate(byte[] bytes, SeededRandom random)
    {
        if (bytes.Length == 0)
            return Noise(random, 1 + random.Below(64));
        int from = random.Below(bytes.Length), length = 1 + random.Below(Math.Min(64, bytes.Length - from));
        return random.Below(8) switch
        {
            0 => bytes[..from],
            1 => bytes[from..],
            2 => [.. bytes[..from], .. bytes[(from + length)..]],
            3 => [.. bytes[..from], .. Noise(random, length), .. bytes[from..]],
            4 => [.. bytes[..(from + length)], .. bytes[from..]],
            5 => [.. bytes[..from], .. Enumerable.Repeat(random.Chance(0.5f) ? (byte)0 : byte.MaxValue, length), .. bytes[(from + length)..]],
            _ => Flip(bytes, random),
        };
    }

    private static byte[] Flip(byte[] bytes, SeededRandom random)
    {
        byte[] flipped = [.. bytes];
        for (int left = 1 << random.Below(6); left > 0; left--)
            flipped[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        return flipped;
    }

    private static byte[] Noise(SeededRandom random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Below(256))];
}
