using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Compares the scores of a network before and after its batch normalizations were folded.</summary>
internal static class FoldingCheck
{
    private const int Rows = 10;
    private const float Tolerance = 1e-3f;

    /// <summary>Scores the first rows by both.</summary>
    /// <exception cref="ArgumentException">There is no row.</exception>
    /// <exception cref="InvalidOperationException">The scores differ by more than rounding.</exception>
    public static void Check(IDataView data, ColumnBinding[] bindings, IReadOnlyList<FittedOutput> outputs, IBatchScorer before, IBatchScorer after)
    {
        var rows = new ScoringRows(bindings);
        rows.Clear(Rows);
        using (var cursor = new RowSource(data, bindings).Open())
            for (; rows.Count < Rows && cursor.MoveNext(); rows.Add(0))
                for (int i = 0; i < bindings.Length; i++)
                    cursor.Read(i, rows.NextInput(i));
        if (rows.Count == 0)
            throw new ArgumentException("There is no row to check the folded network on: give some rows as the model takes them.", nameof(data));
        float[][] expected = before.Score(bindings, rows.Inputs, rows.Count), folded = after.Score(bindings, rows.Inputs, rows.Count);
        foreach ((int index, FittedOutput output) in outputs.Index())
        {
            float largest = expected[index].Max(MathF.Abs);
            float difference = expected[index].Zip(folded[index], (value, other) => MathF.Abs(value - other)).Max();
            // Also where one of them is not a number.
            if (!(difference <= Tolerance * largest) && !expected[index].AsSpan().SequenceEqual(folded[index]))
                throw MLNetErrors.Mark(new InvalidOperationException(FormattableString.Invariant(
                    $"With its batch normalizations folded the network gives other values of '{output.Name}': they differ by {difference}, and the largest is {largest}. ") +
                    "Its forward pass calls a layer of a Sequential without the batch normalization behind it, or normalizes another dimension than the layer's outputs; use the model as it is."));
        }
    }
}
