namespace Fuse.MLNet;

/// <summary>Tells the trainer that a training loss, or what training made of the network, was not finite.</summary>
internal sealed class NonFiniteLossException(string message) : InvalidOperationException(message);
