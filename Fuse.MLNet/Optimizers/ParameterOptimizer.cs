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
    /// <remarks>The caller disposes the tensors, or they die with its dispose scope; they may be the optimizer's own, so they must not be changed.</remarks>
    public abstract IReadOnlyDictionary<string, Tensor> SaveState();

    /// <summary>Takes over a saved state; copies it, and keeps this optimizer's own learning rates and other numbers.</summary>
    /// <param name="state">The tensors as read from the file, on the CPU or any other device.</param>
    /// <exception cref="InvalidDataException">It is the state of another optimizer, or of other parameters.</exception>
    public abstract void LoadState(IReadOnlyDictionary<string, Tensor> state);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected abstract void OnScale(double factor);

    private protected static InvalidDataException Misfit(string problem) => MLNetErrors.Mark(new InvalidDataException(
        $"The optimizer's state in the checkpoint does not fit this run: {problem}. Resume with the optimizer, groups and network of the interrupted run."));
}
