using System.Globalization;

namespace Fuse.MLNet.Examples.Digits;

/// <summary>
/// Hold pictures to train on, pictures to test on, and a line that says where they come from.
/// </summary>
/// <param name="Train">The pictures to train on.</param>
/// <param name="Test">The pictures to test on, none of them among <paramref name="Train"/>.</param>
/// <param name="Description">One line for the console: how many pictures, and from where.</param>
public sealed record DigitData(Digit[] Train, Digit[] Test, string Description)
{
    private const int TrainStream = 0;
    private const int TestStream = 1;
    private const int SplitStream = 2;

    /// <summary>
    /// Draw digits with <see cref="DigitRenderer"/>.
    /// </summary>
    /// <param name="seed">The seed; the same arguments give the same bits on every platform.</param>
    /// <param name="trainCount">The number of pictures to train on, 0 or more.</param>
    /// <param name="testCount">The number of pictures to test on, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static DigitData Generated(int seed, int trainCount = 10_000, int testCount = 2_000)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trainCount);
        ArgumentOutOfRangeException.ThrowIfNegative(testCount);
        var train = DigitRenderer.Generate(trainCount, seed, TrainStream);
        var test = DigitRenderer.Generate(testCount, seed, TestStream);
        return new DigitData(train, test, Describe(train, test, $"drawn by the program, seed {Text(seed)}"));
    }

    /// <summary>
    /// Read the MNIST files of a directory: the train-* and t10k-* pairs, or one of them split 80/20.
    /// </summary>
    /// <param name="directory">The directory with the IDX files, plain or gzip.</param>
    /// <param name="seed">The seed of the split; unused when both pairs are there.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is null or blank.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">There is no pair of files, or one half of a pair is missing.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, its images are not 28 x 28, its labels are not 0 to 9, or the two files of a pair
    /// do not belong together.
    /// </exception>
    public static DigitData FromDirectory(string directory, int seed)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: expected a directory with {IdxPair.Wanted}, found no such directory.");
        }

        var trainPair = IdxPair.Find(directory, "train");
        var testPair = IdxPair.Find(directory, "t10k");
        if (trainPair is not null && testPair is not null)
        {
            var (train, test) = (trainPair.Load(), testPair.Load());
            return new DigitData(train, test, Describe(train, test, $"from {directory}"));
        }

        var only = trainPair ?? testPair ?? throw new FileNotFoundException(
            $"{directory}: expected {IdxPair.Wanted}, found none of them.");
        return Split(only, directory, seed);
    }

    private static DigitData Split(IdxPair pair, string directory, int seed)
    {
        var digits = pair.Load();
        if (digits.Length < 2)
        {
            throw new InvalidDataException(
                $"{pair.ImagesPath}: expected at least 2 images to split into training and test, "
                + $"found {digits.Length}.");
        }

        new SeededRandom(seed, SplitStream, 0).Shuffle(digits);
        var cut = Math.Max(1, (int)(digits.Length * 4L / 5));
        var (train, test) = (digits[..cut], digits[cut..]);
        var origin = $"({pair.Prefix} split 80/20, seed {Text(seed)}) from {directory}";
        return new DigitData(train, test, Describe(train, test, origin));
    }

    private static string Describe(Digit[] train, Digit[] test, string origin) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{train.Length:N0} training and {test.Length:N0} test digits {origin}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
