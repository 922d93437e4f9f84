using System.Numerics;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Looks for NaN and infinite values among stored elements.</summary>
internal static class FiniteValues
{
    /// <summary>Tells whether elements of a type may be NaN or infinite.</summary>
    public static bool MayBeNot(ScalarType stored) => stored is ScalarType.Float32 or ScalarType.Float64;

    /// <summary>Tells whether all elements are finite.</summary>
    public static bool AreAll(ReadOnlySpan<byte> elements, ScalarType stored) =>
        stored == ScalarType.Float64 ? AreAll(MemoryMarshal.Cast<byte, double>(elements)) : AreAll(MemoryMarshal.Cast<byte, float>(elements));

    /// <summary>Puts a number in place of those that are not.</summary>
    public static void Replace(Span<byte> elements, ScalarType stored, double value)
    {
        if (AreAll(elements, stored))
            return;
        if (stored == ScalarType.Float64)
            Replace(MemoryMarshal.Cast<byte, double>(elements), value);
        else
            Replace(MemoryMarshal.Cast<byte, float>(elements), (float)value);
    }

    /// <summary>Gets the first that is not, and its place.</summary>
    public static (double Value, int Place) First(ReadOnlySpan<byte> elements, ScalarType stored)
    {
        for (int i = 0; ; i++)
        {
            double value = stored == ScalarType.Float64 ? MemoryMarshal.Cast<byte, double>(elements)[i] : MemoryMarshal.Cast<byte, float>(elements)[i];
            if (!double.IsFinite(value))
                return (value, i);
        }
    }

    private static bool AreAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // A finite number less itself is 0, and NaN of one that is not.
        int i = 0;
        for (var zero = Vector<T>.Zero; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var some = new Vector<T>(values[i..]);
            if (!Vector.EqualsAll(some - some, zero))
                return false;
        }
        for (; i < values.Length; i++)
            if (!T.IsFinite(values[i]))
                return false;
        return true;
    }

    private static void Replace<T>(Span<T> values, T by)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref T value in values)
            if (!T.IsFinite(value))
                value = by;
    }
}
