namespace Fuse.MLNet;

/// <summary>Holds the loss of one batch.</summary>
/// <param name="Value">The scalar to minimize, with the loss's weight in it.</param>
/// <param name="Rows">The number of rows that it is the mean of; 0 when none was valid.</param>
internal readonly record struct LossValue(Tensor Value, double Rows);
