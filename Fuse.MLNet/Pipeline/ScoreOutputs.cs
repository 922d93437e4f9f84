using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Serves the values of the output columns of scored rows.</summary>
internal sealed class ScoreOutputs
{
    // The probability from which a label is predicted beside others.
    private const float Threshold = 0.5f;
    private readonly (FittedOutput Output, int Index, ScoreRole Role)[] _columns;

    public ScoreOutputs(IReadOnlyList<FittedOutput> outputs) =>
        _columns = [.. outputs.SelectMany((output, index) => output.Columns.Select(column => (output, index, column.Role)))];

    /// <summary>Gets the number of columns that scoring adds.</summary>
    public int Count => _columns.Length;

    /// <summary>Makes the getter of an added column.</summary>
    /// <param name="column">Its place among the added columns.</param>
    /// <param name="scores">Gets the scores of the current row's batch and the row's place in it.</param>
    public Delegate Getter(int column, Func<(float[][] Values, int Row)> scores)
    {
        (FittedOutput output, int index, ScoreRole role) = _columns[column];
        int width = output.Width;
        ReadOnlySpan<float> Row()
        {
            (float[][] values, int row) = scores();
            return values[index].AsSpan(row * width, width);
        }

        return (role, output.Task) switch
        {
            (ScoreRole.Probability, _) => (ValueGetter<float>)((ref float value) => value = Logistic(Row()[0])),
            (ScoreRole.PredictedLabel, OutputTask.BinaryClassification) => (ValueGetter<bool>)((ref bool value) => value = Row()[0] > 0),
            (ScoreRole.PredictedLabel, OutputTask.MultiLabelClassification) => (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) => Labels(Row(), ref value)),
            (ScoreRole.PredictedLabel, OutputTask.Segmentation) => (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> value) => Map(Row(), output.ClassCount, ref value)),
            (ScoreRole.PredictedLabel, _) => (ValueGetter<uint>)((ref uint value) =>
            {
                ReadOnlySpan<float> row = Row();
                value = LargestKey(row, 0, row.Length, 1);
            }),
            _ when output.Kind == OutputKind.Scalar => (ValueGetter<float>)((ref float value) => value = Row()[0]),
            _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                ReadOnlySpan<float> row = Row();
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, row.Length);
                row.CopyTo(editor.Values);
                value = editor.Commit();
            }),
        };
    }

    private static float Logistic(float logit) => (float)(1 / (1 + Math.Exp(-logit)));

    private static void Labels(ReadOnlySpan<float> probabilities, ref VBuffer<bool> value)
    {
        VBufferEditor<bool> editor = VBufferEditor.Create(ref value, probabilities.Length);
        for (int i = 0; i < probabilities.Length; i++)
            editor.Values[i] = probabilities[i] > Threshold;
        value = editor.Commit();
    }

    /// <summary>Gets the key of the largest of the classes' values at each place, from <c>[C, ...]</c>.</summary>
    private static void Map(ReadOnlySpan<float> scores, int classes, ref VBuffer<uint> value)
    {
        int places = scores.Length / classes;
        VBufferEditor<uint> editor = VBufferEditor.Create(ref value, places);
        for (int place = 0; place < places; place++)
            editor.Values[place] = LargestKey(scores, place, classes, places);
        value = editor.Commit();
    }

    /// <summary>Gets the key, counted from 1, of the largest value; 0, missing, when one is NaN.</summary>
    private static uint LargestKey(ReadOnlySpan<float> values, int start, int classes, int stride)
    {
        int best = 0;
        for (int i = 0; i < classes; i++)
        {
            float value = values[start + (i * stride)];
            if (float.IsNaN(value))
                return 0;
            if (value > values[start + (best * stride)])
                best = i;
        }
        return (uint)best + 1;
    }
}
