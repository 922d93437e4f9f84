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

    /// <summary>Gets how far the ratio may be off, as a part of it; null where it is measured once.</summary>
    public double? Spread { get; init; }

    /// <summary>Gets whether it was not possible to know the ratio well.</summary>
    public bool IsNoisy { get; init; }

    /// <summary>Gets what else there is to say.</summary>
    public string? Note { get; init; }

    /// <summary>Gets the line as the table shows it.</summary>
    [JsonIgnore]
    public string Line
    {
        get
        {
            string ours = string.Create(CultureInfo.InvariantCulture, $"{Megabytes ?? Milliseconds:0.0}{(Megabytes is null ? "" : " MB")}");
            string spread = Spread is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "";
            string[] remarks = [Ratio <= Bar ? "" : "above", IsNoisy ? "noisy" : "", Note ?? ""];
            return string.Create(CultureInfo.InvariantCulture, $"{Work,-42}{Peer,-28}{ours,10}{Ratio,8:0.000}{spread,7}{Bar,7:0.00}{Runs,6}  {string.Join(", ", remarks.Where(remark => remark.Length > 0))}").TrimEnd();
        }
    }
}
