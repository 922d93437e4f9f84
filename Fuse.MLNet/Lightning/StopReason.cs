using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Says why a training run ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>All epochs were trained, or the steps or the time that the options give.</summary>
    Completed,

    /// <summary>A callback, such as <see cref="EarlyStopping"/>, ended it.</summary>
    EarlyStopped,

    /// <summary>The cancellation token was cancelled; the model is the one trained so far.</summary>
    Cancelled,

    /// <summary>A loss was not finite; the model has the last good weights.</summary>
    Diverged,
}
