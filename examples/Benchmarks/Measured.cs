using System.Globalization;
using System.Text.Json.Serialization;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Holds a measured line of the table.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Peer">Who else did it.</param>
/// <param name="Ratio">Our median time, or memory, over the peer's.</param>
/// <param name="Bar">The largest ratio that is aimed at.</param>
/// <param name="Runs">The number of timed runs of each side.</param>
/// <param name="Milliseconds">Our median time; 0 where memory is measured.</param>
internal sealed record Measured(string Work, string Peer, double Ratio, double Bar, int Runs, double Milliseconds)
{
    /// <summary>Gets our memory, where that is measured.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Megabytes { get; init; }

    /// <summary>Gets our figure as the table shows it.</summary>
    internal string Ours => string.Create(CultureInfo.InvariantCulture, $"{Megabytes ?? Milliseconds:0}{(Megabytes is null ? "" : " MB")}");
}
