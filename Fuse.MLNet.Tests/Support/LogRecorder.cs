using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Keeps the messages that the trainer sends to a context's log.</summary>
internal sealed class LogRecorder
{
    private readonly List<string> _messages = [];

    public LogRecorder(MLContext ml) => ml.Log += (_, message) =>
    {
        if (message.Source != nameof(FuseTrainer))
            return;
        _messages.Add($"{message.Kind}: {message.RawMessage}");
        Received?.Invoke(message.RawMessage);
    };

    /// <summary>Gets or sets what to do with each message.</summary>
    public Action<string>? Received { get; set; }

    public string Text => string.Join('\n', _messages);
}
