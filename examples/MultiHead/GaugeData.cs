using Fuse.MLNet.Examples.Digits;

namespace Fuse.MLNet.Examples.MultiHead;

/// <summary>Draws gauges: neither the photograph nor the numbers tell pressure and state alone.</summary>
public static class GaugeData
{
    /// <summary>The part of the limit from which a pressure is high.</summary>
    public const float HighShare = 0.8f;

    private const int FirstStream = 100;
    private static readonly float[] s_ranges = [1f, 2.5f, 4f, 6f];

    /// <summary>Draws gauges to train on and gauges to test on.</summary>
    /// <param name="seed">The seed; the same arguments give the same bits on every platform.</param>
    /// <param name="trainCount">The number of gauges to train on.</param>
    /// <param name="testCount">The number of gauges to test on, none of them among the others.</param>
    public static (Gauge[] Train, Gauge[] Test) Generate(int seed, int trainCount, int testCount)
    {
        DigitData digits = DigitData.Generated(seed, trainCount, testCount);
        return (Of(digits.Train, seed, FirstStream), Of(digits.Test, seed, FirstStream + 1));
    }

    /// <summary>Gets the pressure that a gauge means.</summary>
    /// <param name="digit">What it shows, 0 to 9.</param>
    /// <param name="range">The pressure at which it shows 9, in bar.</param>
    /// <param name="temperature">Its temperature, in degrees Celsius.</param>
    public static float PressureOf(uint digit, float range, float temperature) => digit / 9f * range * (1f + (0.005f * (temperature - 20f)));

    /// <summary>Gets what a pressure means for a vessel.</summary>
    public static string StateOf(float pressure, float limit) => pressure > limit ? "Alarm" : pressure > HighShare * limit ? "High" : "Normal";

    private static Gauge[] Of(Digit[] digits, int seed, int stream) => [.. digits.Select((digit, index) =>
    {
        var random = new SeededRandom(seed, stream, index);
        float range = s_ranges[random.Below(s_ranges.Length)];
        float temperature = random.Range(-20f, 60f);
        // Most vessels bear more than their gauge can show, so alarms are rare.
        float limit = range * random.Range(0.7f, 1.8f);
        float pressure = PressureOf(digit.Label, range, temperature);
        return new Gauge { Pixels = digit.Pixels, Range = range, Temperature = temperature, Limit = limit, Pressure = pressure, State = StateOf(pressure, limit) };
    })];
}
