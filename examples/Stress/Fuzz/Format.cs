namespace Fuse.MLNet.Examples.Stress;

/// <summary>Names what is mutated.</summary>
internal enum Format
{
    /// <summary>The JSON descriptions of models and losses.</summary>
    Description,

    /// <summary>The weights, a safetensors entry.</summary>
    Weights,

    /// <summary>A checkpoint, a safetensors file with JSON in its header.</summary>
    Checkpoint,

    /// <summary>The archive around the entries: names, lengths, zip bombs.</summary>
    Archive,

    /// <summary>ML.NET's own entries, and any byte of the file.</summary>
    MLNet,
}
