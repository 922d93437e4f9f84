using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Holds what a trainer was asked for, in the one form that fitting works on.</summary>
internal abstract record TrainerPlan
{
    protected TrainerPlan(IEnumerable<KeyValuePair<string, TensorColumn>> columns, FuseTrainer.TrainingOptions options)
    {
        columns = columns.SelectMany(WithMask);
        Columns = options.ExampleWeightColumnName is { } weight
            ? [.. columns, new(BatchKeys.ExampleWeight, new TensorColumn(weight) { DType = ScalarType.Float32 })]
            : [.. columns];
        Options = options;
        CheckMasks();
        if (options.SampleIdColumnName is not null && Columns.FirstOrDefault(column => Overlap(column.Key, BatchKeys.SampleId)).Key is { } taken)
            throw new ArgumentException($"The batch key '{taken}' of a column cannot stand beside '{BatchKeys.SampleId}', which {nameof(options.SampleIdColumnName)} fills: name it otherwise.");
        if (options.Sampler is { } sampler)
            CheckKey(sampler.BalancedClassKey, $"{nameof(options.Sampler)}.{nameof(sampler.BalancedClassKey)}");
        // A transform of the user's own may make keys for those after it.
        foreach (BatchTransform transform in options.Augment.TakeWhile(transform => transform.Keys is not null))
            foreach (string key in transform.Keys!)
                CheckKey(key, $"{nameof(options.Augment)}, {transform.GetType().Name}");
    }

    /// <summary>Gets the columns to read, by batch key.</summary>
    public IReadOnlyList<KeyValuePair<string, TensorColumn>> Columns { get; }

    public FuseTrainer.TrainingOptions Options { get; init; }

    /// <summary>Finds the column of the rows' ids, or returns null when none is asked for.</summary>
    /// <exception cref="ArgumentException">It is missing or has no text.</exception>
    public SampleIdColumn? SampleId(DataViewSchema schema)
    {
        if (Options.SampleIdColumnName is not { } name)
            return null;
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw ColumnErrors.Missing(name, nameof(Options.SampleIdColumnName), schema.Where(other => !other.IsHidden).Select(other => other.Name));
        return new SampleIdColumn(column, column.Type is KeyDataViewType ? KeyValues.Read(column)?.Values : null);
    }

    /// <summary>Gets what becomes of rows whose features are not finite.</summary>
    public FeatureGuard Guard => new(Options.NonFiniteFeatures ?? (TakesMissingValues ? NonFiniteFeatures.Keep : NonFiniteFeatures.Error), LabelKeys());

    /// <summary>Gets whether the network takes NaN for a missing value.</summary>
    protected abstract bool TakesMissingValues { get; }

    /// <summary>Gets the batch keys that are no features: those that losses and metrics compare with, and a sampler's classes.</summary>
    protected virtual IReadOnlySet<string> LabelKeys() => new HashSet<string>(StringComparer.Ordinal) { BatchKeys.Label, BatchKeys.ExampleWeight, Options.Sampler?.BalancedClassKey ?? BatchKeys.Label };

    /// <summary>Settles what is trained and the outputs, which may depend on the type of the label.</summary>
    public abstract Settled Settle(Func<string, SchemaShape.Column> find);

    /// <summary>Gets a column, and the one of its mask when it has one.</summary>
    private static IEnumerable<KeyValuePair<string, TensorColumn>> WithMask(KeyValuePair<string, TensorColumn> pair)
    {
        yield return new(pair.Key, pair.Value with { MaskKey = null });
        if (pair.Value.MaskKey is not { } mask)
            yield break;
        BatchDict.CheckKey(mask);
        if (pair.Value.PadTo is not { } length)
            throw new ArgumentException($"The column '{pair.Value.ColumnName}' has {nameof(TensorColumn.MaskKey)} '{mask}' and no {nameof(TensorColumn.PadTo)}: nothing is filled up, so leave it out.");
        yield return new(mask, new TensorColumn(pair.Value.ColumnName) { PadTo = length, IsMask = true });
    }

    private void CheckMasks()
    {
        foreach ((string mask, _) in Columns.Where(pair => pair.Value.IsMask))
            if (Columns.Count(pair => Overlap(pair.Key, mask)) > 1)
                throw new ArgumentException($"The {nameof(TensorColumn.MaskKey)} '{mask}' is also the batch key of a column, or a branch of one: name it otherwise.");
    }

    private static bool Overlap(string left, string right) => left == right
        || left.StartsWith(right + ".", StringComparison.Ordinal) || right.StartsWith(left + ".", StringComparison.Ordinal);

    private void CheckKey(string key, string option)
    {
        string[] keys = [.. Columns.Select(column => column.Key)];
        if (!keys.Contains(key))
            throw new ArgumentException($"No column has the batch key '{key}' of {option}. {ClosestName.Hint(key, keys)}");
    }

    /// <summary>Holds what a plan trains.</summary>
    /// <param name="Module">The module.</param>
    /// <param name="Outputs">The columns that scoring adds.</param>
    internal sealed record Settled(ModulePlan Module, IReadOnlyList<OutputPlan> Outputs);
}
