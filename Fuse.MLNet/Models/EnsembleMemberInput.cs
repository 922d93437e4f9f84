namespace Fuse.MLNet;

/// <summary>Says by what numbers a member of an ensemble normalizes an input, as in <see cref="TensorColumn"/>.</summary>
internal sealed record EnsembleMemberInput(string Key, ValueList<float>? Mean, ValueList<float>? StandardDeviation);
