using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Serves the values of the output columns of scored rows.</summary>
internal sealed class ScoreOutputs
{
    private readonly (FittedOutput Output, int Index, bool IsPredictedLabel)[] _columns;

    public ScoreOutputs(IReadOnlyList<FittedOutput> outputs) => _columns =
    [
        .. outputs.SelectMany((output, index) => output.PredictedLabelName is null
            ? [(output, index, false)]
            : new (FittedOutput, int, bool)[] { (output, index, false), (output, index, true) }),
    ];

    /// <summary>Gets the number of columns that scoring adds.</summary>
    public int Count => _columns.Length;

    /// <summary>Makes the getter of an added column.</summary>
    /// <param name="column">Its place among the added columns.</param>
    /// <param name="scores">Gets the scores of the current row's batch and the row's place in it.</param>
    public Delegate Getter(int column, Func<(float[][] Values, int Row)> scores)
    {
        (FittedOutput output, int index, bool isPredictedLabel) = _columns[column];
        int width = output.Width;
        if (isPredictedLabel)
            return (ValueGetter<uint>)((ref uint value) => value = LargestKey(Row(scores(), index, width)));
        if (output.Kind == OutputKind.Scalar)
            return (ValueGetter<float>)((ref float value) => value = Row(scores(), index, 1)[0]);
        return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            ReadOnlySpan<float> row = Row(scores(), index, width);
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, width);
            row.CopyTo(editor.Values);
            value = editor.Commit();
        });
    }

    private static ReadOnlySpan<float> Row((float[][] Values, int Row) scores, int output, int width) =>
        scores.Values[output].AsSpan(scores.Row * width, width);

    /// <summary>Gets the key, counted from 1, of the largest value; 0, missing, when one is NaN.</summary>
    private static uint LargestKey(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i]))
                return 0;
            if (values[i] > values[best])
                best = i;
        }
        return (uint)best + 1;
    }
}
