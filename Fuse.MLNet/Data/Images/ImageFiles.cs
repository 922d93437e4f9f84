using SkiaSharp;

namespace Fuse.MLNet;

/// <summary>Holds the images of a folder, in a fixed order: those of its class folders, or, where there is none, its own.</summary>
internal sealed class ImageFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase) { ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp" };

    private ImageFiles(IReadOnlyList<ImageFileRow> rows, bool hasLabels) => (Rows, HasLabels) = (rows, hasLabels);

    /// <summary>Gets the images whose files begin as one does, by the name of their class and then by their path in it.</summary>
    public IReadOnlyList<ImageFileRow> Rows { get; }

    /// <summary>Gets whether they have classes.</summary>
    public bool HasLabels { get; }

    /// <summary>Gets the paths in the folder that were left out because no decoder knows how their files begin.</summary>
    public required IReadOnlyList<string> Unreadable { get; init; }

    /// <summary>Gets the paths of images that stand beside the class folders, and so have no class.</summary>
    public required IReadOnlyList<string> WithoutClass { get; init; }

    /// <summary>Finds the images of a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="wantsLabels">Whether the folders in it are classes; else all images in it are taken.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no image in it.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder in it may not be read.</exception>
    public static ImageFiles Open(string path, bool wantsLabels)
    {
        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
            throw MLNetErrors.Mark(new DirectoryNotFoundException(File.Exists(root) ? $"'{path}' is a file; expected a folder with a folder of images for each class."
                : $"There is no folder '{path}'; its full path is '{root}'."));
        string[] names = [.. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false })
            .Where(file => Extensions.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'))];
        // By class first: as a text 'a b/x' comes before 'a/x'.
        names = [.. names.OrderBy(ClassOf, StringComparer.Ordinal).ThenBy(name => name, StringComparer.Ordinal)];
        if (names.Length == 0)
            throw MLNetErrors.Mark(new InvalidDataException($"The folder '{path}' has no images: no file in it or in its folders ends in {string.Join(", ", Extensions.Order())}."));
        bool hasLabels = wantsLabels && names.Any(name => ClassOf(name).Length > 0);
        ILookup<bool, string> isReadable = names.Where(name => !hasLabels || ClassOf(name).Length > 0).ToLookup(name => BeginsAsImage(Path.Combine(root, name)));
        if (!isReadable[true].Any())
            throw MLNetErrors.Mark(new InvalidDataException($"The folder '{path}' has no image that can be read: its {names.Length} files with an image's ending, such as '{names[0]}', do not begin as images."));
        return new([.. isReadable[true].Select(name => new ImageFileRow { Label = ClassOf(name), ImagePath = Path.GetFullPath(Path.Combine(root, name)) })], hasLabels)
        {
            Unreadable = [.. isReadable[false]],
            WithoutClass = hasLabels ? [.. names.Where(name => ClassOf(name).Length == 0)] : [],
        };
    }

    /// <summary>Lists names for a message.</summary>
    public static string Listed(IReadOnlyList<string> names)
    {
        const int Most = 10;
        return string.Join(", ", names.Take(Most).Select(name => $"'{name}'")) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
    }

    private static string ClassOf(string name) => name.IndexOf('/', StringComparison.Ordinal) is var end and > 0 ? name[..end] : "";

    private static bool BeginsAsImage(string path)
    {
        using SKCodec? codec = SKCodec.Create(path);
        return codec is { Info: { Width: > 0, Height: > 0 } };
    }
}
