namespace Fuse.MLNet.Tests;

/// <summary>Counts the rows that a fraction sets aside.</summary>
[TestClass]
public sealed class RowSplitterTests
{
    private const int Rows = 10_000;

    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.01)]
    [DataRow(0.05)]
    [DataRow(0.1)]
    [DataRow(0.144)]
    [DataRow(0.15)]
    [DataRow(0.2)]
    [DataRow(0.25)]
    [DataRow(0.29)]
    [DataRow(0.3)]
    [DataRow(1.0 / 3)]
    [DataRow(0.35)]
    [DataRow(0.4)]
    [DataRow(0.49)]
    [DataRow(0.5)]
    [DataRow(0.51)]
    [DataRow(0.6)]
    [DataRow(11.0 / 17)]
    [DataRow(2.0 / 3)]
    [DataRow(0.7)]
    [DataRow(0.8)]
    [DataRow(0.9)]
    [DataRow(0.99)]
    public void AFractionSetsItsShareOfTheRowsAside(double fraction)
    {
        double rare = Math.Min(fraction, 1 - fraction);
        foreach (long seed in new[] { 0, 1, 77 })
        {
            bool[] aside = Split(fraction, seed);
            Assert.IsInRange(Math.Round(fraction * Rows) - 1, Math.Round(fraction * Rows) + 1, aside.Count(isAside => isAside));
            // Each whole block of 1/rare rows has one row of the rarer kind; the last one may be cut off.
            int[] perBlock = [.. Enumerable.Range(0, Rows).GroupBy(row => (long)Math.Floor((row + 0.5) * rare)).Select(block => block.Count(row => aside[row] == (fraction <= 0.5)))];
            Assert.IsTrue(perBlock.SkipLast(1).All(count => count == 1), $"seed {seed}");
            Assert.IsLessThanOrEqualTo(1, perBlock[^1]);
        }
    }

    [TestMethod]
    public void ManyFractionsAreExactToARow()
    {
        for (int part = 1; part < 400; part++)
        {
            double fraction = part / 400.0;
            int count = Split(fraction, seed: part).Count(isAside => isAside);
            Assert.IsInRange(Math.Round(fraction * Rows) - 1, Math.Round(fraction * Rows) + 1, count, $"fraction {fraction}");
        }
    }

    [TestMethod]
    [DataRow(0.144)]
    [DataRow(0.9)]
    public void TheSeedDecidesWhichRows(double fraction)
    {
        CollectionAssert.AreEqual(Split(fraction, 5), Split(fraction, 5));
        CollectionAssert.AreNotEqual(Split(fraction, 5), Split(fraction, 6));
    }

    private static bool[] Split(double fraction, long seed)
    {
        Func<long, bool> isAside = RowSplitter.ByFraction(fraction, seed).Open(null!);
        return [.. Enumerable.Range(0, Rows).Select(row => isAside(row))];
    }
}
