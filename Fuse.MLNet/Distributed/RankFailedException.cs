namespace Fuse.MLNet;

/// <summary>Tells a process that the run ends because of another one.</summary>
/// <param name="fault">What happened there.</param>
/// <param name="message">What it says about it.</param>
internal sealed class RankFailedException(RankFault fault, string message) : InvalidOperationException(message)
{
    public RankFault Fault => fault;
}
