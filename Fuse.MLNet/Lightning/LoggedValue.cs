namespace Fuse.MLNet;

/// <summary>Holds one logged value of an epoch.</summary>
/// <param name="Name">The logged name, such as <c>train.losses.total_loss</c>.</param>
/// <param name="Value">The value; a loss is the mean over the epoch's rows.</param>
public sealed record LoggedValue(string Name, double Value);
