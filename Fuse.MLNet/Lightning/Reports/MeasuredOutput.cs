namespace Fuse.MLNet;

/// <summary>Names an output of the run beside the label that it predicts.</summary>
/// <param name="Name">The name of the column that scoring adds.</param>
/// <param name="Key">The batch key of the output.</param>
/// <param name="Activation">The function from the output to scores.</param>
/// <param name="LabelKey">The batch key of the label: class indices, or numbers.</param>
/// <param name="ClassNames">The classes' names by index, or null when the label is a number.</param>
internal sealed record MeasuredOutput(string Name, string Key, Activation Activation, string LabelKey, ValueList<string>? ClassNames);
