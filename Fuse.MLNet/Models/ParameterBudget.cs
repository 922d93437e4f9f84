namespace Fuse.MLNet;

/// <summary>Bounds what a description may build while a model file is loaded: no more parameters than the file's weights have.</summary>
/// <remarks>
/// A file of a few bytes can describe a network of any size. Each parameter is taken from the budget before there is memory for it. A user's own class is
/// bounded by its own checks only. The budget belongs to the thread that builds, and outside of it nothing is bounded.
/// </remarks>
internal sealed class ParameterBudget(string source)
{
    [ThreadStatic]
    private static ParameterBudget? s_current;
    [ThreadStatic]
    private static bool s_isSuspended;

    /// <summary>Gets the number of parameters that are left.</summary>
    public long Tensors { get; private set; }

    /// <summary>Gets the number of values that are left for them.</summary>
    public Int128 Values { get; private set; }

    /// <summary>Bounds what this thread builds until the scope ends.</summary>
    /// <param name="weights">The tensors that the file holds.</param>
    /// <param name="source">The name of the file to use in error messages.</param>
    /// <param name="budget">What is left, at any time.</param>
    public static IDisposable Limit(IEnumerable<StoredTensor> weights, string source, out ParameterBudget budget)
    {
        budget = new ParameterBudget(source);
        foreach (StoredTensor tensor in weights)
        {
            budget.Tensors++;
            budget.Values += tensor.Shape.Aggregate(1L, (product, size) => product * size);
        }
        return Scope.Begin(budget, isSuspended: false);
    }

    /// <summary>Lets a user's own class build what it likes.</summary>
    public static IDisposable Suspend() => Scope.Begin(s_current, isSuspended: true);

    /// <summary>Counts again, within a user's own class, what a description builds.</summary>
    public static IDisposable Resume() => Scope.Begin(s_current, isSuspended: false);

    /// <summary>Takes one parameter from the budget.</summary>
    /// <param name="shape">Its shape.</param>
    /// <exception cref="InvalidDataException">The file has fewer.</exception>
    public static void Take(params ReadOnlySpan<long> shape)
    {
        if (s_current is { } budget && !s_isSuspended)
            budget.TakeOne(shape);
    }

    private void TakeOne(ReadOnlySpan<long> shape)
    {
        Int128 values = 1;
        foreach (long size in shape)
        {
            // A product that is too large already is not multiplied on, so that it cannot overflow.
            if (size < 0 || values > Values)
                throw TooMany(shape);
            values *= size;
        }
        if (values > Values || Tensors == 0)
            throw TooMany(shape);
        Values -= values;
        Tensors--;
    }

    private InvalidDataException TooMany(ReadOnlySpan<long> shape) => new(
        $"The network that is described has a parameter [{string.Join(", ", shape.ToArray())}] that is beyond what {source} holds: description and weights do not belong together.");

    private sealed class Scope : IDisposable
    {
        private readonly (ParameterBudget? Budget, bool IsSuspended) _before = (s_current, s_isSuspended);

        public static Scope Begin(ParameterBudget? budget, bool isSuspended)
        {
            var scope = new Scope();
            (s_current, s_isSuspended) = (budget, isSuspended);
            return scope;
        }

        public void Dispose() => (s_current, s_isSuspended) = _before;
    }
}
