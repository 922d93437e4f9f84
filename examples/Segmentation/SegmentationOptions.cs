namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds what the command line says.</summary>
internal sealed record SegmentationOptions
{
    /// <summary>Gets the folder of the user's pictures, or null to draw some.</summary>
    public string? Data { get; init; }

    /// <summary>Gets the folder that drawn pictures are written to and stay in, or null for a temporary one.</summary>
    public string? Keep { get; init; }

    /// <summary>Gets whether volumes are drawn and segmented instead of pictures.</summary>
    public bool Volume { get; init; }

    /// <summary>Gets the number of drawn pictures or volumes, or null for as many as suffice.</summary>
    public int? Images { get; init; }

    /// <summary>Gets the number of pixels along each side, or null for the given pictures' own.</summary>
    public int? Size { get; init; }

    /// <summary>Gets the number of passes over the training pictures or volumes, or null for as many as suffice.</summary>
    public int? Epochs { get; init; }

    /// <summary>Gets the seed of every random choice.</summary>
    public int Seed { get; init; }

    /// <summary>Gets the path of the model file.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the path of the picture of inputs, truths and predictions.</summary>
    public required string Strip { get; init; }

    /// <summary>Checks what can be known before anything is done.</summary>
    /// <exception cref="ArgumentException">An option is out of range, two contradict each other, or the folder to draw into is in use.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder of a file to write does not exist.</exception>
    public void Check()
    {
        if (Data is not null && Keep is not null)
            throw new ArgumentException("--data gives pictures, and --keep is for drawn ones: give one of them.");
        if (Size is { } size && (size < 16 || size > (Volume ? 128 : 1024) || size % ImageFolder.Unit != 0))
            throw new ArgumentException($"--size must be a multiple of {ImageFolder.Unit} from 16 to {(Volume ? 128 : 1024)}, which the U-Net halves; it is {size}.");
        if (Keep is not null && Directory.Exists(Path.Combine(Keep, ImageFolder.ImageName)))
            throw new ArgumentException($"--keep {Keep} has pictures already, which would mix with the drawn ones: give another folder, or train on them by --data.");
        if (Data is not null && Volume)
            throw new ArgumentException("--data gives pictures, and --volume draws volumes: give one of them.");
        if (Images is < 8 or > 10_000)
            throw new ArgumentException($"--images must be from 8 to 10000; it is {Images}.");
        if (Epochs < 1)
            throw new ArgumentException($"--epochs must be at least 1; it is {Epochs}.");
        ExampleProgram.CheckFolderOf(Model, "model file");
        ExampleProgram.CheckFolderOf(Strip, "strip");
    }
}
