namespace Fuse.MLNet;

/// <summary>Steps parameters along their gradients. Built from an <see cref="OptimizerSpec"/>; not safe to use from several threads at once.</summary>
internal abstract class ParameterOptimizer : IDisposable
{
    private readonly double _rate;

    private protected ParameterOptimizer(double learningRate) => _rate = LearningRate = learningRate;

    /// <summary>Gets the learning rate of the parameters that no group names, as scaled last.</summary>
    public double LearningRate { get; private set; }

    /// <summary>Gets whether <see cref="Step"/> computes the loss and its gradients anew.</summary>
    public virtual bool NeedsClosure => false;

    /// <summary>Forgets the gradients.</summary>
    public abstract void ZeroGrad();

    /// <summary>Sets every group's learning rate to a factor of its own.</summary>
    public void ScaleLearningRate(double factor)
    {
        LearningRate = _rate * factor;
        OnScale(factor);
    }

    /// <summary>Takes a step along the gradients that the parameters have now; those without a gradient stay.</summary>
    /// <param name="closure">Forgets the gradients, runs forward and backward on the same batch again, and returns the loss; null unless <see cref="NeedsClosure"/>.</param>
    public abstract void Step(Func<Tensor>? closure);

    /// <summary>Gets the state by name, for a checkpoint: what <see cref="LoadState"/> needs to go on with the same bits.</summary>
    /// <remarks>The tensors are the caller's to dispose, but may share the optimizer's memory: they are to be written before the next step, and never changed.</remarks>
    public abstract IReadOnlyDictionary<string, Tensor> SaveState();

    /// <summary>Takes over a saved state; copies it, and keeps this optimizer's own learning rates and other numbers.</summary>
    /// <param name="state">The tensors as read from the file, on the CPU or any other device.</param>
    /// <exception cref="InvalidDataException">It is the state of another optimizer, or of other parameters.</exception>
    public abstract void LoadState(IReadOnlyDictionary<string, Tensor> state);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected abstract void OnScale(double factor);

    /// <summary>Checks that a saved state has the same names, types and shapes as this optimizer's.</summary>
    private protected static void Check(IReadOnlyDictionary<string, Tensor> state, IReadOnlyDictionary<string, Tensor> own)
    {
        (string[] saved, string[] needed) = (Kinds(state.Keys), Kinds(own.Keys));
        if (!saved.SequenceEqual(needed))
            throw Misfit($"it has {(saved.Length > 0 ? string.Join(", ", saved) : "nothing")}, and this optimizer needs {(needed.Length > 0 ? string.Join(", ", needed) : "nothing")}");
        string[] problems =
        [
            .. own.Keys.Where(name => !state.ContainsKey(name)).Select(name => $"'{name}' is missing"),
            .. state.Keys.Where(name => !own.ContainsKey(name)).Select(name => $"'{name}' is unexpected"),
            .. own.Where(entry => state.TryGetValue(entry.Key, out Tensor? saved) && !(saved.dtype == entry.Value.dtype && saved.shape.AsSpan().SequenceEqual(entry.Value.shape)))
                .Select(entry => $"'{entry.Key}' is {Describe(state[entry.Key])}, expected is {Describe(entry.Value)}"),
        ];
        if (problems.Length > 0)
            throw Misfit(string.Join("; ", problems.Take(3)) + (problems.Length > 3 ? $" and {problems.Length - 3} more" : ""));
    }

    /// <summary>Gets what state there is, whichever the parameters are.</summary>
    private protected static string[] Kinds(IEnumerable<string> names) => [.. names.Select(name => name.Split('.')[0]).Distinct().Order(StringComparer.Ordinal)];

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";

    private protected static InvalidDataException Misfit(string problem) => MLNetErrors.Mark(new InvalidDataException(
        $"The optimizer's state in the checkpoint does not fit this run: {problem}. Resume with the optimizer, groups and network of the interrupted run."));
}
