namespace Fuse.MLNet;

/// <summary>Is one operation of a traced run.</summary>
/// <param name="Name">Its name without the namespace, such as <c>conv2d</c>; of one that writes to its operand, without the underscore.</param>
/// <param name="Place">The operation that the network called and the module that it ran in, for messages.</param>
/// <param name="Arguments">
/// Its arguments by the names of libtorch's schema: <see cref="TracedTensor"/>, <see cref="TracedSize"/>, double, bool, string, null, or a list of those.
/// </param>
/// <param name="Results">The tensors that it made.</param>
internal sealed record TracedStep(string Name, string Place, IReadOnlyDictionary<string, object?> Arguments, IReadOnlyList<TracedTensor> Results)
{
    /// <summary>Gets the tensor that it made, the first of several.</summary>
    public TracedTensor Result => Results[0];

    /// <summary>Gets its tensor arguments, those in lists too.</summary>
    public IEnumerable<TracedTensor> Operands => Arguments.Values.SelectMany(Flatten).OfType<TracedTensor>();

    public bool Has(string name) => Arguments.TryGetValue(name, out object? value) && value is not null;

    public object? Find(string name) => Arguments.GetValueOrDefault(name);

    /// <summary>Gets a tensor argument by the first of these names that there is.</summary>
    public TracedTensor Tensor(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (Find(name) is TracedTensor tensor)
                return tensor;
        throw NotExported($"has no tensor '{names[0]}'");
    }

    public TracedTensor[] Tensors(string name) => [.. Items(name).Cast<TracedTensor>()];

    public TracedSize[] Sizes(string name) => [.. Items(name).Cast<TracedSize>()];

    /// <summary>Gets a list of whole numbers that do not depend on the number of rows; one number is a list too.</summary>
    public long[] Longs(string name) => [.. (Find(name) is TracedSize one ? [one] : Sizes(name)).Select(size => Fixed(name, size))];

    public long Long(string name, long otherwise = 0) => Find(name) is TracedSize size ? Fixed(name, size) : otherwise;

    public bool Flag(string name) => Find(name) is true;

    /// <summary>Gets a number, whole or not.</summary>
    public double Number(string name, double otherwise = 0) => Find(name) switch
    {
        double value => value,
        TracedSize size => Fixed(name, size),
        bool flag => flag ? 1 : 0,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        null => otherwise,
        _ => throw NotExported($"has a '{name}' that is no number"),
    };

    /// <summary>Makes the error of an operation that has no ONNX form.</summary>
    public NotSupportedException NotExported(string why) => OnnxErrors.NotExported(Place, why);

    private object?[] Items(string name) => Find(name) as object?[] ?? [];

    private long Fixed(string name, TracedSize size) => size.IsPerRow ? throw NotExported($"takes a '{name}' that depends on the number of rows") : size.Value;

    private static IEnumerable<object?> Flatten(object? value) => value is object?[] list ? list.SelectMany(Flatten) : [value];
}
