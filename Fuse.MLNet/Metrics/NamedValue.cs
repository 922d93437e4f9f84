namespace Fuse.MLNet;

/// <summary>Holds one value of a metric's result.</summary>
/// <param name="Name">The name within the metric, such as <c>macro_avg</c>; empty when the metric has one value.</param>
/// <param name="Value">The value; NaN means "not defined".</param>
public readonly record struct NamedValue(string Name, double Value);
