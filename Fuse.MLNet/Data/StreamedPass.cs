namespace Fuse.MLNet;

/// <summary>Holds what one pass over streamed rows is to give, and what came of it; the latter is for the training thread when the last batch was handed over.</summary>
internal sealed class StreamedPass
{
    /// <summary>Gets the rows.</summary>
    public required RowSource Source { get; init; }

    /// <summary>Gets which of them the pass gives.</summary>
    public required RowPart Part { get; init; }

    /// <summary>Gets the number of rows of a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Gets whether a last row alone joins the batch before it.</summary>
    public bool JoinsLoneRow { get; init; }

    /// <summary>Gets the number of batches to leave out at the start.</summary>
    public int FirstBatch { get; init; }

    /// <summary>Gets the number of batches, those left out among them, with which the pass ends; null gives all.</summary>
    public long? MaxBatches { get; init; }

    /// <summary>Gets what mixes the rows, or null to keep their order.</summary>
    public ShuffleBuffer? Shuffle { get; init; }

    /// <summary>Gets or sets where to keep the rows that are given; null keeps none, or no longer.</summary>
    public StagedRows? Keep { get; set; }

    /// <summary>Gets the number of bytes that may be kept.</summary>
    public long KeptBytes { get; init; }

    /// <summary>Gets what throws when the run was cancelled.</summary>
    public required Action CheckAlive { get; init; }

    /// <summary>Gets or sets the number of rows in all batches, those left out among them.</summary>
    public long Rows { get; set; }

    /// <summary>Gets or sets what a user should know of the rows.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>Gets the number of rows that a buffer must hold to tell whether a last row is alone.</summary>
    public long BufferRows => BatchSize + (JoinsLoneRow ? 1L : 0);
}
