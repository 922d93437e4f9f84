using System.Globalization;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Finds the classes of rows and each one's share of a batch.</summary>
internal static class ClassShares
{
    /// <summary>Gets the shares of a sampler, those of 0 left out, in the order of the classes.</summary>
    /// <exception cref="InvalidOperationException">The classes of the rows do not fit the sampler's weights, or the batch size.</exception>
    public static ClassShare[] Of(BatchSamplerDefault sampler, StagedSplit rows, StagedColumn column, int batchSize)
    {
        SortedDictionary<long, List<int>> classes = Group(rows, column);
        if (classes.Count == 0)
            throw Wrong(column, "no training row has a class");
        return sampler.BalancedClassWeights is { } weights ? Given(column, classes, weights)
            : sampler.Mode == BatchSamplerMode.Approximate || batchSize % classes.Count == 0
                ? [.. classes.Select(pair => new ClassShare(pair.Key, [.. pair.Value], sampler.Mode == BatchSamplerMode.Exact ? batchSize / classes.Count : 1.0 / classes.Count))]
                : throw Wrong(column, $"a BatchSize of {batchSize} cannot be shared equally by {classes.Count} classes; make it {Multiples(batchSize, classes.Count)}, or set {nameof(BatchSamplerDefault.BalancedClassWeights)}");
    }

    private static ClassShare[] Given(StagedColumn column, SortedDictionary<long, List<int>> classes, ValueList<double> weights)
    {
        int known = column.Binding.Source.Type is BooleanDataViewType ? 2 : column.Binding.KeyCount;
        if (known > 0 && weights.Count != known)
            throw Wrong(column, $"{nameof(BatchSamplerDefault.BalancedClassWeights)} {weights} has {weights.Count} values; the column has {known} classes");
        foreach (long found in classes.Keys)
            if (found < 0 || found >= weights.Count)
                throw Wrong(column, $"there are rows of class {found}, which has no place in {nameof(BatchSamplerDefault.BalancedClassWeights)} {weights}; classes are counted from 0, and a weight of 0 leaves one out");
        for (int i = 0; i < weights.Count; i++)
            if (weights[i] > 0 && !classes.ContainsKey(i))
                throw Wrong(column, $"class {i} has the weight {weights[i].ToString(CultureInfo.InvariantCulture)} but no training row; give it the weight 0");
        return [.. classes.Where(pair => weights[(int)pair.Key] > 0).Select(pair => new ClassShare(pair.Key, [.. pair.Value], weights[(int)pair.Key]))];
    }

    private static SortedDictionary<long, List<int>> Group(StagedSplit rows, StagedColumn column)
    {
        if (column.Binding.RowElements != 1)
            throw Wrong(column, $"it has {column.Binding.RowElements} values a row, where one class is expected");
        var classes = new SortedDictionary<long, List<int>>();
        double[] value = new double[1];
        for (int row = 0; row < rows.Training.Count; row++)
        {
            column.Binding.ReadNumbers(column.Row(row), value);
            if (double.IsNaN(value[0]) || value[0] == TensorColumn.MissingTarget)
                continue;
            if (value[0] != Math.Floor(value[0]) || Math.Abs(value[0]) > int.MaxValue)
                throw Wrong(column, string.Create(CultureInfo.InvariantCulture, $"it holds {value[0]} in row {rows.SourceIndex(row)}, where a class is a key, a Boolean or a whole number"));
            if (!classes.TryGetValue((long)value[0], out List<int>? members))
                classes[(long)value[0]] = members = [];
            members.Add(row);
        }
        return classes;
    }

    private static string Multiples(int batchSize, int classes) =>
        batchSize > classes ? $"{batchSize / classes * classes} or {((batchSize / classes) + 1L) * classes}" : $"{classes}";

    private static InvalidOperationException Wrong(StagedColumn column, string what) =>
        MLNetErrors.Mark(new InvalidOperationException($"{nameof(BatchSamplerDefault)} over '{column.Binding.Key}', column '{column.Binding.Column.ColumnName}': {what}."));
}
