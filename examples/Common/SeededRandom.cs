using System.Numerics;

namespace Fuse.MLNet.Examples;

/// <summary>
/// Draw random numbers (SplitMix64) that are the same on every platform and .NET version.
/// </summary>
/// <remarks>
/// Only integer arithmetic and exactly rounded float operations are used. <see cref="System.Random"/>
/// promises no sequence across versions, and sines and logarithms differ between math libraries.
/// </remarks>
public sealed class SeededRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;

    private ulong _state;

    /// <summary>
    /// Start the sequence that belongs to a seed, a stream (one per purpose) and an index in the stream.
    /// </summary>
    public SeededRandom(int seed, int stream, int index)
    {
        // Each part goes through the mixer: without it, neighbouring indices would give
        // the same sequence shifted by one.
        var key = Mix(((ulong)(uint)seed << 32) | (uint)stream);
        _state = Mix(key + (Golden * ((uint)index + 1UL)));
    }

    /// <summary>
    /// Draw 64 random bits.
    /// </summary>
    public ulong NextBits()
    {
        _state += Golden;
        return Mix(_state);
    }

    /// <summary>
    /// Draw a number from 0 (included) to 1 (excluded), in steps of 2^-24.
    /// </summary>
    public float NextFloat() => (NextBits() >> 40) * (1f / 16_777_216f);

    /// <summary>
    /// Draw a number between two bounds.
    /// </summary>
    public float Range(float low, float high) => low + ((high - low) * NextFloat());

    /// <summary>
    /// Draw true with the given probability, 0 to 1.
    /// </summary>
    public bool Chance(float probability) => NextFloat() < probability;

    /// <summary>
    /// Draw a whole number from 0 (included) to a positive bound (excluded).
    /// </summary>
    public int Below(int bound) => (int)(((NextBits() >> 32) * (ulong)bound) >> 32);

    /// <summary>
    /// Draw a nearly normal number with mean 0 and standard deviation 1, never beyond 3.5.
    /// </summary>
    public float Gaussian()
    {
        // Irwin-Hall: the sum of four uniforms has variance 1/3.
        var bits = NextBits();
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return ((sum * (1f / 65_536f)) - 2f) * 1.7320508f;
    }

    /// <summary>
    /// Draw a vector of length 1, all directions alike.
    /// </summary>
    /// <param name="dimensions">2 for a vector in the plane, whose Z is 0, or 3.</param>
    public Vector3 Direction(int dimensions)
    {
        // A point of the cube that lies in the ball: square roots are rounded exactly, sines are not.
        while (true)
        {
            var point = new Vector3(Range(-1f, 1f), Range(-1f, 1f), dimensions == 3 ? Range(-1f, 1f) : 0f);
            if (point.LengthSquared() is > 0.01f and <= 1f)
            {
                return point / point.Length();
            }
        }
    }

    /// <summary>
    /// Put items in random order, in place (Fisher-Yates).
    /// </summary>
    public void Shuffle<T>(T[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
