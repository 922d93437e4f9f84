namespace Fuse.MLNet;

/// <summary>Says whether a run trains in one process or in several, which share each batch. Lightning's <c>strategy</c>.</summary>
/// <remarks>Preview.</remarks>
public sealed class TrainingStrategy
{
    private readonly Func<IProcessGroup> _group;
    private readonly string _name;

    private TrainingStrategy(string name, Func<IProcessGroup> group) => (_name, _group) = (name, group);

    /// <summary>Gets the default: over MPI when a launcher such as <c>mpirun</c> started the process, else in this process alone, and then no MPI library is looked for.</summary>
    public static TrainingStrategy Auto { get; } = new(nameof(Auto), () => MpiLaunch.Size is null or 1 ? SingleProcessGroup.Instance : MpiProcessGroup.Instance);

    /// <summary>Gets the strategy of this process alone, also under a launcher: each process then trains a model of its own.</summary>
    public static TrainingStrategy SingleProcess { get; } = new(nameof(SingleProcess), () => SingleProcessGroup.Instance);

    /// <summary>Gets the strategy of all processes that an MPI launcher started; a process that was started without one is the only one.</summary>
    /// <exception cref="DllNotFoundException">When training begins: there is no MPI library.</exception>
    public static TrainingStrategy Mpi { get; } = new(nameof(Mpi), () => MpiProcessGroup.Instance);

    /// <summary>Takes processes that are joined by something else than MPI.</summary>
    /// <param name="group">The processes; one run at a time uses it.</param>
    public static TrainingStrategy Of(IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new(group.GetType().Name, () => group);
    }

    /// <summary>Writes the strategy's name.</summary>
    public override string ToString() => _name;

    /// <summary>Gets the processes, such as to exchange more than training does; the MPI library is loaded and started at the first time. Every process must make the same calls.</summary>
    /// <exception cref="DllNotFoundException">There is no MPI library.</exception>
    public IProcessGroup Group => _group();
}
