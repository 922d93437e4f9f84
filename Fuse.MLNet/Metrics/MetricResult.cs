namespace Fuse.MLNet;

/// <summary>Holds what a metric computed: one value, or named values in their order, such as one for each class and <c>macro_avg</c>.</summary>
/// <remarks>A number converts to a result of one value. NaN means "not defined".</remarks>
public sealed record MetricResult
{
    private MetricResult(ValueList<NamedValue> values) => Values = values;

    /// <summary>Gets the result without any value, that of a metric which only writes into the batch.</summary>
    public static MetricResult None { get; } = new(ValueList<NamedValue>.Empty);

    /// <summary>Gets the values in their order; a result of one value has an empty name.</summary>
    public ValueList<NamedValue> Values { get; }

    /// <summary>Gets whether the result is one value without a name.</summary>
    public bool IsSingle => Values.Count == 1 && Values[0].Name.Length == 0;

    /// <summary>Gets the value of a result of one value.</summary>
    /// <exception cref="InvalidOperationException">The values have names.</exception>
    public double Value => IsSingle ? Values[0].Value
        : throw new InvalidOperationException(Values.Count == 0 ? "The result has no value."
            : $"The result has named values; read one of them by name: '{string.Join("', '", Values.Select(value => value.Name))}'.");

    /// <summary>Gets a value by its name.</summary>
    /// <param name="name">The name, such as <c>macro_avg</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such value; the message names the closest.</exception>
    public double this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            foreach (NamedValue value in Values)
                if (value.Name == name)
                    return value.Value;
            throw new KeyNotFoundException($"The result has no value '{name}'. {ClosestName.Hint(name, Values.Select(value => value.Name))}");
        }
    }

    /// <summary>Makes a result of one value.</summary>
    /// <param name="value">The value; NaN means "not defined".</param>
    public static implicit operator MetricResult(double value) => FromDouble(value);

    /// <summary>Makes a result of one value.</summary>
    /// <param name="value">The value; NaN means "not defined".</param>
    public static MetricResult FromDouble(double value) => new([new("", value)]);

    /// <summary>Makes a result of named values.</summary>
    /// <param name="values">The names, each once and not empty, and the values.</param>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    public static MetricResult Named(IEnumerable<(string Name, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        NamedValue[] all = [.. values.Select(value => new NamedValue(value.Name, value.Value))];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (NamedValue value in all)
            if (string.IsNullOrEmpty(value.Name) || !names.Add(value.Name))
                throw new ArgumentException($"The name '{value.Name}' of a metric's value is empty or there twice; each value needs a name of its own.", nameof(values));
        return new(all);
    }
}
