using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Hashes values the same way in every process and on every machine.</summary>
internal static class StableHash
{
    /// <summary>Mixes two numbers into 64 well spread bits (the finalizer of SplitMix64; Steele, Lea and Flood 2014).</summary>
    public static ulong Mix(long seed, long value)
    {
        ulong z = unchecked(((ulong)seed * 0x9E3779B97F4A7C15UL) + (ulong)value + 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Draws a number from 0 to below 1, of all multiples of 2^-53.</summary>
    public static double Uniform(long seed, long value) => (Mix(seed, value) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Opens a hash of a scalar column: text by its characters, numbers and keys by their bits.</summary>
    /// <exception cref="ArgumentException">The column is a vector or has a type without a stable hash.</exception>
    public static Func<ulong> OpenColumn(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(row.Schema[column.Index]);
            ReadOnlyMemory<char> text = default;
            return () =>
            {
                getter(ref text);
                return Bytes(MemoryMarshal.AsBytes(text.Span));
            };
        }
        Type raw = column.Type.RawType;
        if (column.Type is VectorDataViewType || column.Type is not PrimitiveDataViewType)
            throw ColumnErrors.Schema($"Column '{column.Name}' is {column.Type}; a sampling key must be text, a number, a Boolean, a key or a date.");
        return (Func<ulong>)typeof(StableHash).GetMethod(nameof(OpenScalar), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(raw).Invoke(null, [row, column])!;
    }

    private static Func<ulong> OpenScalar<T>(DataViewRow row, DataViewSchema.Column column)
        where T : unmanaged
    {
        ValueGetter<T> getter = row.GetGetter<T>(row.Schema[column.Index]);
        T value = default;
        return () =>
        {
            getter(ref value);
            return Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
        };
    }

    /// <summary>Mixes a text into a number.</summary>
    public static ulong Of(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    private static ulong Bytes(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (byte value in bytes)
            hash = unchecked((hash ^ value) * 0x100000001B3UL);
        return hash;
    }
}
