namespace Fuse.MLNet;

/// <summary>Names the two parts that a splitter divides rows into; without one all are training rows.</summary>
internal enum RowPart
{
    /// <summary>The rows to train on.</summary>
    Training,

    /// <summary>The rows set aside for validation.</summary>
    Validation,
}
