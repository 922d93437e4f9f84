using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fuse.MLNet;

/// <summary>
/// Holds one batch: values by dotted key, such as <c>data.image</c>, <c>model.logits.cls</c> or <c>losses.total_loss</c>.
/// Models, losses and metrics read what they need from it and add what they make.
/// </summary>
/// <remarks>
/// After FuseMedML's NDict: a key may name one value or, as a prefix, a branch of values. Assigning a value replaces the branch of that
/// name, assigning a branch replaces all of it, and a value cannot lie under another value. Values are mostly tensors whose first
/// dimension is the row, <c>[N, ...]</c>; a batch may also hold other objects, such as sample ids.
/// </remarks>
public sealed class BatchDict : IEnumerable<KeyValuePair<string, object>>, IEquatable<BatchDict>
{
    // Room for the keys of an ordinary batch, so that it does not grow in each step.
    private readonly Dictionary<string, object> _values = new(11, StringComparer.Ordinal);

    /// <summary>Gets or sets the number of rows that the batch was read with; 0 when it was not read from data.</summary>
    public int RowCount { get; set; }

    /// <summary>Gets or sets the number of optimizer steps taken before this batch.</summary>
    public long GlobalStep { get; set; }

    /// <summary>Gets or sets what the batch is used for.</summary>
    public Phase Phase { get; set; }

    /// <summary>Gets or sets where to note the keys that are read, or null.</summary>
    internal ISet<string>? ReadKeys { get; set; }

    /// <summary>Gets or sets between which whole numbers values lie that were read from data, by key, or null when nothing is known.</summary>
    internal IReadOnlyDictionary<string, (long Low, long High)>? KnownRanges { get; set; }

    /// <summary>Gets between which whole numbers a key's values lie, when that is known from the data.</summary>
    internal (long Low, long High)? KnownRange(string key) => KnownRanges is not null && KnownRanges.TryGetValue(key, out (long, long) range) ? range : null;

    /// <summary>Gets the number of values.</summary>
    public int Count => _values.Count;

    /// <summary>Gets the keys of all values, in the order in which they were first set.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>Gets the first parts of all keys, each once, such as <c>data</c> and <c>model</c>.</summary>
    public IEnumerable<string> TopLevelKeys => _values.Keys.Select(key => key.Split('.', 2)[0]).Distinct(StringComparer.Ordinal);

    /// <summary>Gets or sets the tensor of a key.</summary>
    /// <param name="key">The whole dotted key.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message names the closest keys.</exception>
    /// <exception cref="InvalidCastException">The value is not a tensor.</exception>
    /// <exception cref="ArgumentException">The key is empty, has an empty part, or lies under a value.</exception>
    public Tensor this[string key]
    {
        get => Get<Tensor>(key);
        set => Set(key, value);
    }

    /// <summary>Gets the value of a key.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The whole dotted key.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message names the closest keys.</exception>
    /// <exception cref="InvalidCastException">The value has another type.</exception>
    public T Get<T>(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ReadKeys?.Add(key);
        if (!_values.TryGetValue(key, out object? value))
            throw Missing(key);
        return value is T typed ? typed
            : throw new InvalidCastException($"The batch value '{key}' is a {value.GetType().Name}, not a {typeof(T).Name}.");
    }

    /// <summary>Gets the value of a key when there is one of that type.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The whole dotted key.</param>
    /// <param name="value">The value, or the type's default.</param>
    public bool TryGet<T>(string key, [MaybeNullWhen(false)] out T value)
    {
        ReadKeys?.Add(key);
        if (_values.TryGetValue(key, out object? found) && found is T typed)
        {
            value = typed;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>Sets the value of a key, in place of the value or the branch that has this name.</summary>
    /// <param name="key">The whole dotted key.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The key is empty, has an empty part, or lies under a value.</exception>
    public void Set(string key, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!_values.ContainsKey(key))
        {
            CheckNewKey(key);
            RemoveBranch(key);
        }
        else if (KnownRanges?.ContainsKey(key) == true)
        {
            KnownRanges = KnownRanges.Where(range => range.Key != key).ToDictionary();
        }
        _values[key] = value;
    }

    /// <summary>Copies the values under a prefix into a new batch, their keys without the prefix.</summary>
    /// <param name="prefix">The branch's name, such as <c>model.logits</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such branch.</exception>
    public BatchDict GetBranch(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        BatchDict branch = Like();
        foreach ((string key, object value) in _values)
        {
            if (!IsUnder(key, prefix))
                continue;
            ReadKeys?.Add(key);
            branch._values[key[(prefix.Length + 1)..]] = value;
        }
        return branch.Count > 0 ? branch : throw Missing(prefix);
    }

    /// <summary>Sets a whole branch: its old values go, and those of <paramref name="branch"/> come under the prefix.</summary>
    /// <param name="prefix">The branch's name.</param>
    /// <param name="branch">The new values.</param>
    public void SetBranch(string prefix, BatchDict branch)
    {
        ArgumentNullException.ThrowIfNull(branch);
        KeyValuePair<string, object>[] values = [.. branch._values];
        Remove(prefix);
        foreach ((string key, object value) in values)
            Set($"{prefix}.{key}", value);
    }

    /// <summary>Tells whether a key names a value or a branch.</summary>
    /// <param name="key">The dotted key.</param>
    public bool ContainsKey(string key)
    {
        ReadKeys?.Add(key);
        return _values.ContainsKey(key) || _values.Keys.Any(other => IsUnder(other, key));
    }

    /// <summary>Removes a value or a whole branch; nothing is disposed.</summary>
    /// <param name="key">The dotted key.</param>
    /// <returns>Whether there was anything to remove.</returns>
    public bool Remove(string key) => _values.Remove(key) | RemoveBranch(key);

    /// <summary>Sets every value of another batch in this one, over values of the same key.</summary>
    /// <param name="other">The batch to take values from.</param>
    public void Update(BatchDict other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((string key, object value) in other.ToArray())
            Set(key, value);
    }

    /// <summary>Copies the batch; the copy shares the values, and setting keys in one does not change the other.</summary>
    public BatchDict Copy()
    {
        BatchDict copy = Like();
        foreach ((string key, object value) in _values)
            copy._values[key] = value;
        return copy;
    }

    /// <summary>Takes a subset of rows: every tensor of <c>[RowCount, ...]</c> and array of RowCount items is indexed, every other value is kept.</summary>
    /// <param name="rows">A Boolean mask <c>[N]</c> or Int64 indices <c>[M]</c>.</param>
    public BatchDict SelectRows(Tensor rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (RowCount == 0)
            throw new InvalidOperationException($"The batch has no {nameof(RowCount)}; set it to the number of rows before rows are selected.");
        using Tensor indices = rows.dtype == ScalarType.Bool ? rows.nonzero().squeeze(1) : rows.alias();
        BatchDict selected = Like();
        long[]? picked = null;
        foreach ((string key, object value) in _values)
            selected._values[key] = BatchValue.HasRows(value, RowCount) ? BatchValue.SelectRows(value, indices, ref picked) : value;
        selected.RowCount = (int)indices.shape[0];
        return selected;
    }

    /// <summary>Tells whether both hold the same keys with equal values; tensors and arrays are equal when type, shape and every element are.</summary>
    /// <param name="other">The batch to compare with.</param>
    public bool Equals(BatchDict? other)
    {
        using var scope = NewDisposeScope();
        return other is not null && other.Count == Count && _values.All(pair =>
            other._values.TryGetValue(pair.Key, out object? value) && BatchValue.AreEqual(pair.Value, value));
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BatchDict);

    /// <summary>Gets a hash of the keys; it changes when keys are added or removed.</summary>
    public override int GetHashCode() => _values.Keys.Aggregate(0, (hash, key) => hash ^ StringComparer.Ordinal.GetHashCode(key));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator()
    {
        ReadKeys?.UnionWith(_values.Keys);
        return _values.GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Writes one line a value: its key, and a tensor's type and shape, or an array's length and first items.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string key, object value) in _values)
            text.Append(key).Append(": ").AppendLine(BatchValue.Show(value));
        return text.ToString();
    }

    /// <summary>Gets or sets whether another process counts the same rows, in a batch that is too small to be shared out, so that this one logs nothing of it.</summary>
    internal bool IsCountedElsewhere { get; set; }

    private BatchDict Like() => new() { IsCountedElsewhere = IsCountedElsewhere, RowCount = RowCount, GlobalStep = GlobalStep, Phase = Phase, ReadKeys = ReadKeys, KnownRanges = KnownRanges };

    private static bool IsUnder(string key, string prefix) =>
        key.Length > prefix.Length && key[prefix.Length] == '.' && key.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Throws when a text cannot be a key.</summary>
    internal static void CheckKey(string key)
    {
        if (string.IsNullOrEmpty(key) || key[0] == '.' || key[^1] == '.' || key.Contains("..", StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not a batch key; keys are non-empty parts joined by dots, such as data.image.", nameof(key));
    }

    private void CheckNewKey(string key)
    {
        CheckKey(key);
        var lookup = _values.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int dot = key.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = key.IndexOf('.', dot + 1))
            if (lookup.ContainsKey(key.AsSpan(0, dot)))
                throw new ArgumentException($"The batch key '{key}' cannot be set: '{key[..dot]}' is a value, not a branch.", nameof(key));
    }

    private bool RemoveBranch(string prefix)
    {
        bool any = false;
        foreach (string key in _values.Keys)
            if (IsUnder(key, prefix))
                any |= _values.Remove(key);
        return any;
    }

    private KeyNotFoundException Missing(string key)
    {
        string[] under = [.. _values.Keys.Where(other => IsUnder(other, key)).Take(5)];
        return new KeyNotFoundException(under.Length > 0
            ? $"The batch key '{key}' names a branch, not a value; it holds {string.Join(", ", under.Select(other => $"'{other}'"))}."
            : $"The batch has no key '{key}'. {ClosestName.Hint(key, _values.Keys)}");
    }
}
