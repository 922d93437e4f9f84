using System.Collections.Immutable;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Evaluates a model again and again, each time with the values of one column in another order.</summary>
internal sealed class PermutationRun(IDataView data, Func<IDataView, EvaluationResult> evaluate, long seed, int maxRows)
{
    /// <summary>Gets the columns that were asked for among those that the model reads; all of them by default.</summary>
    /// <exception cref="ArgumentException">The model reads none, or not one that was asked for.</exception>
    public static IReadOnlyList<DataViewSchema.Column> Choose(IReadOnlyList<DataViewSchema.Column> read, IReadOnlyList<string>? names)
    {
        if (names is null)
            return read.Count > 0 ? read : throw ColumnErrors.Schema("The model reads no column of the data, so there is nothing to permute.");
        string[] known = [.. read.Select(column => column.Name)];
        return names.Count == 0 ? throw ColumnErrors.Schema("No column to permute is named: name some, or leave the names out for all that the model reads.")
            : [.. names.Distinct().Select(name => known.Contains(name) ? read.First(column => column.Name == name)
                : throw ColumnErrors.Schema($"The model does not read a column '{name}' of the data. {ClosestName.Hint(name, known)}"))];
    }

    /// <summary>Measures columns, one after the other.</summary>
    public ImmutableDictionary<string, EvaluationStatistics> Measure(IReadOnlyList<DataViewSchema.Column> columns, int permutations)
    {
        var importances = ImmutableDictionary.CreateBuilder<string, EvaluationStatistics>();
        EvaluationResult? baseline = null;
        foreach (DataViewSchema.Column column in columns)
        {
            using var view = new PermutedView(data, column, maxRows);
            baseline ??= evaluate(view);
            var results = new List<EvaluationResult>();
            for (int i = 0; i < permutations; i++)
            {
                view.Order = TrainingSeeds.Permutation(view.Count, seed, i);
                results.Add(evaluate(view));
            }
            importances[column.Name] = new EvaluationStatistics(baseline, results);
        }
        return importances.ToImmutable();
    }
}
