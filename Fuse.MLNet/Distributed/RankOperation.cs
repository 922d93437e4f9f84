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

    /// <summary>A run was broken off, and the first process has written its checkpoint.</summary>
    Saved,

    /// <summary>The run has ended.</summary>
    End,

    /// <summary>The first process asks the others for what they have logged; the last of all, so that it is what counts at the meeting that they come to.</summary>
    Ask,
}
