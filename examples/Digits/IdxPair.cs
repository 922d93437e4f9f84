namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Find and load a file of pictures and the file of their labels.
/// </summary>
internal sealed class IdxPair
{
    private readonly string _labelsPath;

    private IdxPair(string prefix, string imagesPath, string labelsPath)
    {
        Prefix = prefix;
        ImagesPath = imagesPath;
        _labelsPath = labelsPath;
    }

    /// <summary>
    /// Get the names of the files looked for, as part of an error line.
    /// </summary>
    public static string Wanted =>
        "train-images-idx3-ubyte and train-labels-idx1-ubyte or t10k-images-idx3-ubyte and "
        + "t10k-labels-idx1-ubyte (each also with .gz, or .idx in place of -idx)";

    /// <summary>
    /// Get the start of the file names, such as <c>t10k</c>.
    /// </summary>
    public string Prefix { get; }

    /// <summary>
    /// Get the path of the file of pictures.
    /// </summary>
    public string ImagesPath { get; }

    /// <summary>
    /// Find the two files in a directory.
    /// </summary>
    /// <returns>The pair, or null when neither file is there.</returns>
    /// <exception cref="FileNotFoundException">Only one of the two files is there.</exception>
    public static IdxPair? Find(string directory, string prefix)
    {
        var images = FindFile(directory, $"{prefix}-images", "idx3-ubyte");
        var labels = FindFile(directory, $"{prefix}-labels", "idx1-ubyte");
        if (images is null && labels is null)
        {
            return null;
        }

        if (images is null || labels is null)
        {
            // One half hints at an unfinished download; going on without it would hide that.
            var missing = prefix + (images is null ? "-images-idx3-ubyte" : "-labels-idx1-ubyte");
            throw new FileNotFoundException(
                $"{directory}: expected {missing} (also with .gz, or .idx in place of -idx) "
                + $"beside {Path.GetFileName(images ?? labels)}, found no such file.");
        }

        return new IdxPair(prefix, images, labels);
    }

    /// <summary>
    /// Read the two files, in their order, scaling the pixels from 0..255 to 0..1.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is damaged or empty, or the two are not a pair of digits.</exception>
    public Digit[] Load()
    {
        var pixels = IdxFile.ReadImages(ImagesPath, out var count, out var rows, out var columns);
        if (rows != Digit.Side || columns != Digit.Side)
        {
            throw new InvalidDataException(
                $"{ImagesPath}: expected images of {Digit.Side} x {Digit.Side} pixels, found {rows} x {columns}.");
        }

        if (count == 0)
        {
            throw new InvalidDataException($"{ImagesPath}: expected images, found a file of none.");
        }

        var labels = IdxFile.ReadLabels(_labelsPath);
        if (labels.Length != count)
        {
            throw new InvalidDataException(
                $"{_labelsPath}: expected {count} labels, one for each image of {Path.GetFileName(ImagesPath)}, "
                + $"found {labels.Length}.");
        }

        var wrong = Array.FindIndex(labels, label => label >= Digit.ClassCount);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"{_labelsPath}: expected labels from 0 to 9, found {labels[wrong]} at index {wrong}.");
        }

        return [.. labels.Select((label, i) => new Digit { Label = label, Pixels = Scale(pixels, i) })];
    }

    private static string? FindFile(string directory, string stem, string kind)
    {
        // A plain file is preferred to a packed one of the same name.
        string[] names = [$"{stem}-{kind}", $"{stem}.{kind}", $"{stem}-{kind}.gz", $"{stem}.{kind}.gz"];
        return names.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
    }

    private static float[] Scale(byte[] pixels, int image)
    {
        var scaled = new float[Digit.PixelCount];
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = pixels[(image * Digit.PixelCount) + i] / 255f;
        }

        return scaled;
    }
}
