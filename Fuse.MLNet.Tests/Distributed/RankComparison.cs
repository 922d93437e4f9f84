namespace Fuse.MLNet.Tests;

/// <summary>Compares what several processes trained with what one did.</summary>
internal static class RankComparison
{
    private const double Tolerance = 1e-5;

    /// <summary>All processes have the same bits, which are those of the one, but for rounding.</summary>
    public static void AreClose(RankResult alone, RankResult[] together)
    {
        foreach (RankResult result in together)
        {
            CollectionAssert.AreEqual(together[0].Weights, result.Weights, "The processes have different weights.");
            CollectionAssert.AreEqual(together[0].Logged, result.Logged, "The processes logged different values.");
            Assert.AreEqual(alone.StopReason, result.StopReason);
        }

        AreClose(alone.Weights, together[0].Weights, "weights");
        AreClose(alone.Logged, together[0].Logged, "logged values");
    }

    public static void AreClose(double[] expected, double[] actual, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        double largest = expected.Zip(actual, (left, right) => Math.Abs(left - right)).DefaultIfEmpty().Max();
        Assert.IsLessThanOrEqualTo(Tolerance, largest, what);
    }
}
