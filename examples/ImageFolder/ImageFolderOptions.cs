namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Holds what the command line says.</summary>
internal sealed record ImageFolderOptions
{
    /// <summary>Gets the folder of the user's classes, or null to draw some.</summary>
    public string? Data { get; init; }

    /// <summary>Gets the file of ResNet-18's weights, or null to make one.</summary>
    public string? Weights { get; init; }

    /// <summary>Gets the number of pixels along each side.</summary>
    public required int Size { get; init; }

    /// <summary>Gets the number of passes over the training images.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gets the seed of every random choice.</summary>
    public required int Seed { get; init; }

    /// <summary>Gets the path of the model file.</summary>
    public required string Model { get; init; }

    /// <summary>Checks what can be known before anything is done.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder of the images or that of the model file does not exist.</exception>
    public void Check()
    {
        if (Size is < 32 or > 1024)
            throw new ArgumentException($"--size must be from 32, as ResNet-18 halves it five times, to 1024; it is {Size}.");
        if (Epochs < 1)
            throw new ArgumentException($"--epochs must be at least 1; it is {Epochs}.");
        if (Data is not null && !Directory.Exists(Data))
            throw new DirectoryNotFoundException($"{Data}: expected a folder with a folder of images for each class, found no such folder.");
        ExampleProgram.CheckFolderOf(Model, "model file");
    }
}
