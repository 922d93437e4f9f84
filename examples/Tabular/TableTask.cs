namespace Fuse.MLNet.Examples.Tabular;

/// <summary>Says what a table's label is.</summary>
internal enum TableTask
{
    /// <summary>0 or 1.</summary>
    Binary,

    /// <summary>A class.</summary>
    Multiclass,

    /// <summary>A number.</summary>
    Regression,
}
