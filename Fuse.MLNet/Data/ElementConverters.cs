using System.Numerics;

namespace Fuse.MLNet;

/// <summary>Converts one element of a column to one element of a tensor; a struct, so that the loop over a vector is compiled for it.</summary>
internal interface IElementConverter<TSource, TStored>
{
    static abstract TStored Convert(TSource value);
}

/// <summary>Converts between number types. What does not fit is an <see cref="OverflowException"/>.</summary>
internal readonly struct NumberConverter<TSource, TStored> : IElementConverter<TSource, TStored>
    where TSource : INumberBase<TSource>
    where TStored : INumberBase<TStored>
{
    public static TStored Convert(TSource value) => TStored.CreateChecked(value);
}

/// <summary>Converts floating-point numbers to class indices or other whole numbers; NaN becomes the index of a missing target.</summary>
internal readonly struct IndexConverter<TSource> : IElementConverter<TSource, long>
    where TSource : INumberBase<TSource>
{
    public static long Convert(TSource value) => TSource.IsNaN(value) ? TensorColumn.MissingTarget : long.CreateChecked(value);
}

/// <summary>Converts numbers to 0 and 1: whether they are not 0.</summary>
internal readonly struct TruthConverter<TSource> : IElementConverter<TSource, byte>
    where TSource : INumberBase<TSource>
{
    public static byte Convert(TSource value) => TSource.IsZero(value) ? (byte)0 : (byte)1;
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
    public static long Convert(TSource value) => TSource.IsZero(value) ? TensorColumn.MissingTarget : long.CreateChecked(value) - 1;
}
