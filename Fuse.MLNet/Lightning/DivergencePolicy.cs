namespace Fuse.MLNet;

/// <summary>Says what happens when a loss is not finite.</summary>
public enum DivergencePolicy
{
    /// <summary>Stop, keep the last good weights, log an error that names loss, epoch and step, and return the model. Throws when no step succeeded.</summary>
    Stop,

    /// <summary>Throw an <see cref="InvalidOperationException"/> that names loss, epoch and step.</summary>
    Throw,
}
