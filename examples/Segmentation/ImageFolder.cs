using System.Globalization;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Holds the pairs of a folder with <c>image/*.png</c> and <c>label/*.png</c> of equal names, and the one size that they have or get.</summary>
/// <param name="Pairs">The pairs, by name.</param>
/// <param name="Width">The number of columns, a multiple of 8.</param>
/// <param name="Height">The number of rows, a multiple of 8.</param>
/// <param name="IsColor">Whether an image has colours.</param>
public sealed record ImageFolder(ImagePair[] Pairs, int Width, int Height, bool IsColor)
{
    /// <summary>The name of the folder of the images.</summary>
    public const string ImageName = "image";

    /// <summary>The name of the folder of the labels.</summary>
    public const string LabelName = "label";

    /// <summary>What the U-Net halves three times must be a multiple of this.</summary>
    public const int Unit = 8;

    private const int FewestPairs = 8;

    /// <summary>Finds the pairs, and checks all that can be known without decoding them.</summary>
    /// <param name="directory">The folder with the two folders.</param>
    /// <param name="size">The number of pixels along each side that everything is brought to, or null for the size that all pictures have.</param>
    /// <param name="scratch">A folder for labels of another size; ML.NET's resizing would mix the classes at their borders.</param>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="FileNotFoundException">There are no pictures, or one lacks the other of its pair.</exception>
    /// <exception cref="InvalidDataException">A picture is damaged, or sizes do not fit.</exception>
    public static ImageFolder Open(string directory, int? size, string scratch)
    {
        string[] names = Names(directory);
        var pairs = new List<ImagePair>();
        PngHeader? first = null;
        bool isColor = false;
        foreach (string name in names)
        {
            var pair = new ImagePair { ImagePath = Path.Combine(directory, ImageName, name), LabelPath = Path.Combine(directory, LabelName, name) };
            PngHeader image = PngHeader.Read(pair.ImagePath);
            CheckLabel(pair, image);
            first ??= image;
            if (size is null && image.Size != first.Size)
                throw new InvalidDataException($"{pair.ImagePath}: expected {first.Size} pixels, the size of {names[0]}, found {image.Size}; --size N brings all pictures to N x N.");
            isColor |= !image.IsGrey;
            if (size is { } side && (image.Width != side || image.Height != side))
                pair.LabelPath = Resized(pair.LabelPath, side, scratch);
            pairs.Add(pair);
        }
        (int width, int height) = size is { } all ? (all, all) : (first!.Width, first.Height);
        if (width % Unit != 0 || height % Unit != 0)
            throw new InvalidDataException($"{directory}: expected pictures whose sides are multiples of {Unit}, which the U-Net halves three times, found {width} x {height}; " +
                $"--size {Math.Max(Unit, (Math.Max(width, height) + (Unit / 2)) / Unit * Unit)} brings all pictures to that size.");
        return new([.. pairs], width, height, isColor);
    }

    private static string[] Names(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: expected a folder with {ImageName}/*.png and {LabelName}/*.png, found no such folder.");
        string[] images = PngNames(directory, ImageName);
        string[] labels = PngNames(directory, LabelName);
        if (images.Except(labels).FirstOrDefault() is { } image)
            throw Lonely(directory, ImageName, image, LabelName, labels);
        if (labels.Except(images).FirstOrDefault() is { } label)
            throw Lonely(directory, LabelName, label, ImageName, images);
        if (images.Length < FewestPairs)
            throw new InvalidDataException($"{directory}: expected at least {FewestPairs} pairs of pictures to train, validate and test on, found {images.Length}.");
        return images;
    }

    private static string[] PngNames(string directory, string folder)
    {
        string path = Path.Combine(directory, folder);
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"{directory}: expected a folder '{folder}', found {Listed(Directory.GetDirectories(directory).Select(other => Path.GetFileName(other)!), "no folder in it")}.");
        string[] names = [.. Directory.GetFiles(path).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        string[] png = [.. names.Where(name => Path.GetExtension(name).Equals(".png", StringComparison.OrdinalIgnoreCase))];
        return png.Length > 0 ? png : throw new FileNotFoundException($"{path}: expected PNG pictures, found {Listed(names, "no file")}.");
    }

    private static FileNotFoundException Lonely(string directory, string folder, string name, string otherFolder, string[] others) => new(
        $"{directory}: expected {otherFolder}/{name} beside {folder}/{name}, for pairs have equal names; found {Listed(others.Select(other => $"{otherFolder}/{other}"), "none")}.");

    private static void CheckLabel(ImagePair pair, PngHeader image)
    {
        PngHeader label = PngHeader.Read(pair.LabelPath);
        if (label.Size != image.Size)
            throw new InvalidDataException($"{pair.LabelPath}: expected a label of {image.Size} pixels, as its image has, found {label.Size}.");
        if (label.IsPalette)
            throw new InvalidDataException($"{pair.LabelPath}: expected a label whose grey values are classes, found a picture with a palette, whose colours would be read; save it as grey.");
        if (label.BitDepth > 8)
            throw new InvalidDataException($"{pair.LabelPath}: expected a label of 8 bits a pixel, found {label.BitDepth}, of which only the upper 8 would be read; save it as 8-bit grey.");
    }

    private static string Resized(string path, int size, string scratch)
    {
        string target = Path.Combine(scratch, Path.GetFileName(path));
        PngFile.WriteGrey(target, PngFile.ResizeNearest(PngFile.ReadFirstChannel(path), size, size));
        return target;
    }

    private static string Listed(IEnumerable<string> names, string none)
    {
        string[] all = [.. names.Order(StringComparer.Ordinal)];
        return all.Length == 0 ? none : all.Length <= 3 ? string.Join(", ", all)
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", all[..3])} and {all.Length - 3} more");
    }
}
