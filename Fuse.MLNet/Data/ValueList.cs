using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>An immutable list that compares by its items, so that descriptions which hold lists compare by value.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
/// <remarks>Written as a collection expression, <c>[1, 28, 28]</c>, or converted from an array.</remarks>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
[JsonConverter(typeof(ValueListJsonConverterFactory))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items;

    internal ValueList(T[] items) => _items = items;

    /// <summary>Gets the list without items.</summary>
    internal static ValueList<T> Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <summary>Copies an array into a list.</summary>
    /// <param name="items">The items; the array is copied.</param>
    public static implicit operator ValueList<T>(T[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new([.. items]);
    }

    /// <summary>Tells whether two lists hold equal items in the same order.</summary>
    public static bool operator ==(ValueList<T>? left, ValueList<T>? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Tells whether two lists differ.</summary>
    public static bool operator !=(ValueList<T>? left, ValueList<T>? right) => !(left == right);

    /// <summary>Copies the items into a new array.</summary>
    public T[] ToArray() => [.. _items];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ValueList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items, EqualityComparer<T>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (T item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <summary>Writes the items as <c>[1, 28, 28]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _items.Select(item => Convert.ToString(item, System.Globalization.CultureInfo.InvariantCulture)))}]";
}
