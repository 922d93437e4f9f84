namespace Fuse.MLNet.Tests;

/// <summary>Tests the one rule behind best epoch, early stopping and plateau.</summary>
[TestClass]
public sealed class MetricMonitorTests
{
    [TestMethod]
    [DataRow("3 2 2 1", MonitorMode.Min, 0, 3, 0)]
    [DataRow("3 2 2 2", MonitorMode.Min, 0, 1, 2)]
    [DataRow("1 2 3 2", MonitorMode.Max, 0, 2, 1)]
    [DataRow("3 2.9 2.8 2.4", MonitorMode.Min, 0.5, 3, 0)]
    [DataRow("-1 -2 -1.5 -3", MonitorMode.Min, 0.75, 3, 0)]
    [DataRow("NaN 2 NaN 3", MonitorMode.Min, 0, 1, 2)]
    [DataRow("2 NaN NaN NaN", MonitorMode.Max, 0, 0, 3)]
    public void FollowsASeries(string values, MonitorMode mode, double minDelta, int bestEpoch, int since)
    {
        double[] series = [.. values.Split(' ').Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
        MonitorTrack track = new MetricMonitor("m", mode, minDelta).Follow(series);
        Assert.AreEqual(bestEpoch, track.BestEpoch);
        Assert.AreEqual(series[bestEpoch], track.Best);
        Assert.AreEqual(since, track.EpochsSinceBest);
    }

    [TestMethod]
    public void NothingButNaNHasNoBest() => Assert.AreEqual(new MonitorTrack(null, null, 2), new MetricMonitor("m").Follow([double.NaN, double.NaN]));
}
