using System.Numerics;

namespace Fuse.MLNet;

/// <summary>Converts one element of a column to one element of a tensor; a struct, so that the loop over a vector is compiled for it.</summary>
internal interface IElementConverter<TSource, TStored>
{
    static abstract TStored Convert(TSource value);
}

/// <summary>Converts between number types, saturating like a cast.</summary>
internal readonly struct NumberConverter<TSource, TStored> : IElementConverter<TSource, TStored>
    where TSource : INumberBase<TSource>
    where TStored : INumberBase<TStored>
{
    public static TStored Convert(TSource value) => TStored.CreateTruncating(value);
}

/// <summary>Converts Booleans to 0 and 1.</summary>
internal readonly struct BooleanConverter<TStored> : IElementConverter<bool, TStored>
    where TStored : INumberBase<TStored>
{
    public static TStored Convert(bool value) => value ? TStored.One : TStored.Zero;
}

/// <summary>Converts ML.NET's keys, counted from 1 with 0 for missing, to class indices counted from 0.</summary>
internal readonly struct KeyConverter<TSource> : IElementConverter<TSource, long>
    where TSource : INumberBase<TSource>
{
    public static long Convert(TSource value) => TSource.IsZero(value) ? TensorColumn.MissingTarget : long.CreateTruncating(value) - 1;
}
