using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Converts the elements of a tensor that was read to the stored type of a column, by the rules for columns of that type.</summary>
internal abstract class ElementCopy
{
    /// <summary>Converts elements.</summary>
    /// <param name="source">The elements' bytes.</param>
    /// <param name="destination">The bytes of as many elements of the stored type.</param>
    /// <param name="row">The row, for errors.</param>
    /// <exception cref="InvalidOperationException">An element does not fit.</exception>
    public abstract void Run(ReadOnlySpan<byte> source, Span<byte> destination, long row);

    /// <summary>Makes the conversion from a type, or returns null when it has no plain form.</summary>
    public static ElementCopy? Create(ScalarType source, ColumnBinding binding)
    {
        Type? raw = source switch
        {
            ScalarType.Bool => typeof(bool),
            ScalarType.Int8 => typeof(sbyte),
            ScalarType.Int16 => typeof(short),
            ScalarType.Byte or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Float32 or ScalarType.Float64 => ColumnTypes.ClrType(source, binding.Column.ColumnName),
            _ => null,
        };
        if (raw is null)
            return null;
        Type stored = ColumnTypes.ClrType(binding.StoredType, binding.Column.ColumnName);
        return (ElementCopy)Activator.CreateInstance(typeof(Copy<,,>).MakeGenericType(raw, stored, ColumnTypes.Converter(raw, binding.StoredType, binding.DType)), binding)!;
    }

    private sealed class Copy<TSource, TStored, TConverter>(ColumnBinding binding) : ElementCopy
        where TSource : unmanaged
        where TStored : unmanaged
        where TConverter : struct, IElementConverter<TSource, TStored>
    {
        public override void Run(ReadOnlySpan<byte> source, Span<byte> destination, long row)
        {
            ReadOnlySpan<TSource> values = MemoryMarshal.Cast<byte, TSource>(source);
            Span<TStored> stored = MemoryMarshal.Cast<byte, TStored>(destination);
            if (typeof(TSource) == typeof(TStored) && binding.DType != ScalarType.Bool)
            {
                source.CopyTo(destination);
                return;
            }
            for (int i = 0; i < values.Length; i++)
            {
                try
                {
                    stored[i] = TConverter.Convert(values[i]);
                }
                catch (OverflowException)
                {
                    throw ColumnErrors.DoesNotFit(binding, row, values[i]);
                }
            }
        }
    }
}
