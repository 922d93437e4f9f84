namespace Fuse.MLNet;

/// <summary>Holds the modules of named losses, so that a <see cref="LightningModule"/> with it as a field moves, trains and saves their parameters too.</summary>
/// <remarks>The losses of FuseMedML's <c>step_losses</c>; <c>LightningModule.StepLosses</c> computes them.</remarks>
public sealed class LossModuleDict : nn.Module
{
    private readonly LossModule[] _losses;

    /// <summary>Builds the losses from their descriptions.</summary>
    /// <param name="losses">The losses by name; a name has no dot and is not <c>total_loss</c>.</param>
    /// <exception cref="ArgumentException">A name cannot name a loss.</exception>
    public LossModuleDict(IEnumerable<KeyValuePair<string, LossBase>> losses)
        : base(nameof(LossModuleDict))
    {
        ArgumentNullException.ThrowIfNull(losses);
        _losses = [.. losses.Select(loss => new LossModule(CheckName(loss.Key), loss.Value))];
        foreach (LossModule loss in _losses)
            register_module(loss.LossName, loss);
        RegisterComponents();
    }

    /// <summary>Gets the names of the losses, in order.</summary>
    public IEnumerable<string> Names => _losses.Select(loss => loss.LossName);

    internal IReadOnlyList<LossModule> Losses => _losses;

    /// <summary>Returns a name that can name a loss.</summary>
    internal static string CheckName(string name) => string.IsNullOrEmpty(name) || name.Contains('.', StringComparison.Ordinal) || $"losses.{name}" == BatchKeys.TotalLoss
        ? throw new ArgumentException($"'{name}' cannot name a loss: it is empty, has a dot, or is the name of the total.") : name;
}
