namespace Fuse.MLNet;

/// <summary>Names what a batch is used for.</summary>
public enum Phase
{
    /// <summary>The batch trains the network.</summary>
    Train,

    /// <summary>The batch measures the network between epochs.</summary>
    Validation,

    /// <summary>The batch measures the network after training.</summary>
    Test,

    /// <summary>The batch is scored; there are no targets.</summary>
    Predict,
}
