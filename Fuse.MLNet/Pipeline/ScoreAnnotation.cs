using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Marks score columns with what their values are, and reads the mark.</summary>
internal static class ScoreAnnotation
{
    /// <summary>Gets the kind of the values that an activation gives, or Auto when the activation does not tell.</summary>
    public static ScoreKind KindOf(Activation activation) => activation == Activation.None ? ScoreKind.Auto : ScoreKind.Probability;

    /// <summary>Settles the kind of scores that a loss reads: what was said, else the column's mark.</summary>
    /// <exception cref="ArgumentException">The loss works on logits, and neither the caller nor the column says what the scores are.</exception>
    public static ScoreKind Resolve(ScoreKind asked, LossBase loss, IEnumerable<KeyValuePair<string, TensorColumn>> columns, DataViewSchema schema)
    {
        if (asked != ScoreKind.Auto || loss.Link == Activation.None)
            return asked;
        string name = columns.FirstOrDefault(column => column.Key == loss.PredictionKey).Value?.ColumnName
            ?? throw ColumnErrors.Schema($"The loss reads its prediction from '{loss.PredictionKey}'; bind a column to that key.");
        DataViewSchema.Annotations annotations = schema[name].Annotations;
        if (annotations.Schema.GetColumnOrNull(AnnotationNames.FuseScoreKind)?.Type is TextDataViewType)
        {
            ReadOnlyMemory<char> text = default;
            annotations.GetValue(AnnotationNames.FuseScoreKind, ref text);
            if (Enum.TryParse(text.Span, out ScoreKind kind) && kind != ScoreKind.Auto)
                return kind;
        }
        throw ColumnErrors.Schema($"The loss {loss.GetType().Name} needs to know whether the column '{name}' holds probabilities or logits, and the column does not say: " +
            $"give scoreKind: {nameof(ScoreKind)}.{nameof(ScoreKind.Probability)} or {nameof(ScoreKind)}.{nameof(ScoreKind.Logit)}.");
    }

    /// <summary>Turns scores into the logits that a loss works on.</summary>
    public static Tensor ToLogits(Tensor scores, ScoreKind kind, Activation link)
    {
        if (kind != ScoreKind.Probability || link == Activation.None)
            return scores;
        // The smallest normal Single keeps the logarithm of a probability that underflowed finite.
        Tensor probability = scores.clamp(1.17549435e-38f, 1);
        return link == Activation.Sigmoid ? probability.log() - (-probability).log1p().clamp_min(-103) : probability.log();
    }
}
