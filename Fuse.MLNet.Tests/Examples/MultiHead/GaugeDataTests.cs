using System.Security.Cryptography;
using Fuse.MLNet.Examples.MultiHead;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class GaugeDataTests : LeakCheckedTest
{
    [TestMethod]
    public void GaugesGoByTheSeedAndTestGaugesAreOthers()
    {
        (Gauge[] train, Gauge[] test) = GaugeData.Generate(seed: 1, trainCount: 40, testCount: 30);
        Assert.HasCount(40, train);
        Assert.HasCount(30, test);
        Assert.AreEqual(Hash(train), Hash(GaugeData.Generate(1, 40, 30).Train));
        Assert.AreNotEqual(Hash(train), Hash(GaugeData.Generate(2, 40, 30).Train));
        Assert.IsEmpty(train.Select(gauge => gauge.Limit).Intersect(test.Select(gauge => gauge.Limit)).ToArray());
    }

    [TestMethod]
    [DataRow(0u, 6f, 50f, 0f)]
    [DataRow(9u, 4f, 20f, 4f)]
    [DataRow(9u, 1f, 60f, 1.2f)]
    [DataRow(3u, 6f, -20f, 1.6f)]
    public void APressureIsTheDigitsShareOfTheRangeCorrectedByTheTemperature(uint digit, float range, float temperature, float expected) =>
        Assert.AreEqual(expected, GaugeData.PressureOf(digit, range, temperature), 1e-6f);

    [TestMethod]
    [DataRow(1.01f, 1f, "Alarm")]
    [DataRow(1f, 1f, "High")]
    [DataRow(4.1f, 5f, "High")]
    [DataRow(3.9f, 5f, "Normal")]
    public void AStateGoesByTheLimit(float pressure, float limit, string expected) => Assert.AreEqual(expected, GaugeData.StateOf(pressure, limit));

    [TestMethod]
    public void StatesAreAsRareAsTheDistributionsSay()
    {
        Gauge[] gauges = GaugeData.Generate(seed: 3, trainCount: 4000, testCount: 0).Train;
        // The ten digits are equally frequent, the temperature is uniform from -20 to 60, the limit is the range times a uniform number from 0.7 to 1.8.
        double below(double share) => Enumerable.Range(0, 10).Average(digit => Enumerable.Range(0, 1000).Average(step =>
        {
            double temperature = -20 + (80 * (step + 0.5) / 1000);
            return Math.Clamp(((digit / 9.0 * (1 + (0.005 * (temperature - 20))) / share) - 0.7) / 1.1, 0, 1);
        }));
        double alarm = below(1);
        double high = below(GaugeData.HighShare) - alarm;
        // Three deviations of a share of 0.06 among 4,000.
        Assert.AreEqual(alarm, gauges.Count(gauge => gauge.State == "Alarm") / 4000.0, 0.012);
        Assert.AreEqual(high, gauges.Count(gauge => gauge.State == "High") / 4000.0, 0.012);
    }

    private static string Hash(IEnumerable<Gauge> gauges) => Convert.ToHexString(SHA256.HashData([.. gauges.SelectMany(gauge =>
        gauge.Pixels.Concat([gauge.Range, gauge.Temperature, gauge.Limit, gauge.Pressure]).SelectMany(BitConverter.GetBytes).Concat(System.Text.Encoding.UTF8.GetBytes(gauge.State)))]));
}
