namespace Fuse.MLNet;

/// <summary>Is a row of a folder of images.</summary>
internal sealed class ImageFileRow
{
    /// <summary>Gets the name of the class.</summary>
    public string Label { get; init; } = "";

    /// <summary>Gets the full path.</summary>
    public required string ImagePath { get; init; }
}
