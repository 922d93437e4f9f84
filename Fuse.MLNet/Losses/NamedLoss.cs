namespace Fuse.MLNet;

/// <summary>Names a part of a <see cref="LossCombined"/>.</summary>
/// <param name="Name">The part's name, for errors and for the names of its parameters.</param>
/// <param name="Loss">The loss, with its own weight.</param>
public sealed record NamedLoss(string Name, LossBase Loss);
