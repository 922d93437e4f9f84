namespace Fuse.MLNet;

/// <summary>Names what the processes of a run do next, together.</summary>
internal enum RankOperation
{
    /// <summary>A process has nothing to give, and takes part in what the others do.</summary>
    Idle,

    /// <summary>Training begins: networks, options and rows are the same.</summary>
    Start,

    /// <summary>The columns are bound: keys stand for the same values, and numbers are standardized alike.</summary>
    Columns,

    /// <summary>An epoch begins.</summary>
    Epoch,

    /// <summary>A batch normalization adds up its sums.</summary>
    BatchNorm,

    /// <summary>The gradients of a batch are there.</summary>
    Batch,

    /// <summary>An optimizer steps in manual optimization.</summary>
    Step,

    /// <summary>Some validation batches were measured.</summary>
    Validation,

    /// <summary>What was logged is put together.</summary>
    Log,

    /// <summary>The first process gives its weights or other values to the others.</summary>
    Share,

    /// <summary>An epoch has ended.</summary>
    EpochEnd,

    /// <summary>The run has ended.</summary>
    End,
}
