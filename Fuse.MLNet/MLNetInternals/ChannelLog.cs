using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Sends a run's messages to <c>MLContext.Log</c>.</summary>
internal sealed class ChannelLog(IChannel channel) : IRunLog, IDisposable
{
    public void Info(string message) => channel.Info(message);

    public void Warning(string message) => channel.Warning(message);

    public void Error(string message) => channel.Error(message);

    public void Dispose() => channel.Dispose();
}
