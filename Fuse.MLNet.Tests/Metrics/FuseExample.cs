namespace Fuse.MLNet.Tests;

/// <summary>Holds the 60 cases of FuseMedML's first evaluation examples: the scores by their rank, which is all that an area under a curve depends on.</summary>
internal static class FuseExample
{
    public static Tensor Scores => tensor(
    [
        1f, 21, 9, 13, 23, 49, 11, 45, 7, 56, 29, 4, 14, 58, 42, 46, 54, 5, 37, 18, 51, 8, 16, 10, 44, 26, 17, 41, 3, 0,
        19, 27, 30, 28, 43, 40, 38, 25, 20, 52, 24, 48, 2, 36, 32, 47, 57, 35, 33, 59, 15, 31, 12, 50, 34, 39, 22, 55, 53, 6,
    ]);

    public static Tensor Targets => tensor(
    [
        0L, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1,
        0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0,
    ]);
}
