namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Writes pairs of files of equal names, in the folders <c>image</c> and <c>label</c> of a folder.</summary>
internal static class PairFiles
{
    /// <summary>Writes pairs on all processors, named by their index.</summary>
    /// <param name="directory">The folder, made when it is missing.</param>
    /// <param name="count">The number of pairs.</param>
    /// <param name="extension">The ending of the names, with its dot.</param>
    /// <param name="write">Writes the pair of an index to two paths.</param>
    /// <returns>The paths.</returns>
    public static ImagePair[] Write(string directory, int count, string extension, Action<int, string, string> write)
    {
        string images = Directory.CreateDirectory(Path.Combine(directory, ImageFolder.ImageName)).FullName;
        string labels = Directory.CreateDirectory(Path.Combine(directory, ImageFolder.LabelName)).FullName;
        ImagePair[] pairs = [.. Enumerable.Range(0, count).Select(index => FormattableString.Invariant($"{index:0000}{extension}"))
            .Select(name => new ImagePair { ImagePath = Path.Combine(images, name), LabelPath = Path.Combine(labels, name) })];
        // Each pair has a random sequence of its own, so the order of the threads does not matter.
        Parallel.For(0, count, index => write(index, pairs[index].ImagePath, pairs[index].LabelPath));
        return pairs;
    }

    /// <summary>Shuffles pairs by a seed and holds some out.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="fraction">The part that is held out, of which there is at least one pair.</param>
    public static (ImagePair[] Train, ImagePair[] HeldOut) Split(ImagePair[] pairs, int seed, double fraction)
    {
        ImagePair[] shuffled = [.. pairs];
        new SeededRandom(seed, stream: 1, index: 0).Shuffle(shuffled);
        int heldOut = Math.Max(1, (int)(shuffled.Length * fraction));
        return (shuffled[heldOut..], shuffled[..heldOut]);
    }
}
