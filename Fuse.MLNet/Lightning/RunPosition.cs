using System.Text.Json.Serialization;

namespace Fuse.MLNet;

/// <summary>Says how far a run has come.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batch">The number of the epoch's training batches done.</param>
/// <param name="TrainingStep">The number of all training batches done.</param>
/// <param name="GlobalStep">The number of optimizer steps taken.</param>
[method: JsonConstructor]
internal readonly record struct RunPosition(int Epoch, int Batch, long TrainingStep, long GlobalStep);
