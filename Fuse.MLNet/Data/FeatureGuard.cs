namespace Fuse.MLNet;

/// <summary>Says which columns of a run are features that must be finite, and what happens when they are not.</summary>
/// <param name="Policy">What happens.</param>
/// <param name="LabelKeys">The batch keys of columns that are none.</param>
internal sealed record FeatureGuard(NonFiniteFeatures Policy, IReadOnlySet<string> LabelKeys)
{
    /// <summary>Gets the places of the columns whose rows are looked at, among the bindings.</summary>
    public int[] Places(IReadOnlyList<ColumnBinding> bindings) =>
        Policy is { Skips: false, Throws: false } ? [] : [.. Enumerable.Range(0, bindings.Count).Where(place => IsFeature(bindings[place].Key) && FiniteValues.MayBeNot(bindings[place].StoredType))];

    /// <summary>Gets a column with the number that stands in for values that are not finite.</summary>
    public KeyValuePair<string, TensorColumn> Replacing(KeyValuePair<string, TensorColumn> column) =>
        Policy.Replacement is { } value && IsFeature(column.Key) ? new(column.Key, column.Value with { NonFiniteValue = value }) : column;

    private bool IsFeature(string key) => !LabelKeys.Contains(key);
}
