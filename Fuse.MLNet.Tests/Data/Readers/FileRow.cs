namespace Fuse.MLNet.Tests;

/// <summary>Is a row that names a file.</summary>
public sealed class FileRow
{
    public string Path { get; set; } = "";

    public float Target { get; set; }
}
