namespace Fuse.MLNet;

/// <summary>Describes an optimizer; each <c>Fit</c> builds a fresh one. Made by <see cref="Optimizers"/>.</summary>
public abstract record OptimizerSpec
{
    private protected OptimizerSpec()
    {
    }

    /// <summary>Builds the optimizer over parameters that are already on their device.</summary>
    internal abstract optim.Optimizer Build(IReadOnlyList<Parameter> parameters);
}
