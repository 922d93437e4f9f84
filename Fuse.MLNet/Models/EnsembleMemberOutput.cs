namespace Fuse.MLNet;

/// <summary>Says where a member of an ensemble makes the values of an output column, and how the batch key of those ends.</summary>
/// <param name="Name">The end of the key, behind <c>model.output.</c>.</param>
/// <param name="Key">The member's own key.</param>
/// <param name="Activation">What is applied to the value.</param>
/// <param name="Shape">A row's shape; empty for one number.</param>
internal sealed record EnsembleMemberOutput(string Name, string Key, Activation Activation, ValueList<long> Shape);
