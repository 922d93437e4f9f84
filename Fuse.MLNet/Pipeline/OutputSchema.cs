using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Makes the schema of scored rows: the input's columns, then the fitted outputs with the annotations that ML.NET reads.</summary>
internal static class OutputSchema
{
    public static DataViewSchema Build(DataViewSchema input, IReadOnlyList<FittedOutput> outputs)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        uint set = NextScoreSet(input);
        foreach (FittedOutput output in outputs)
        {
            builder.AddColumn(output.Name, TypeOf(output), ScoreAnnotations(output, set));
            if (output.PredictedLabelName is { } predicted)
                builder.AddColumn(predicted, new KeyDataViewType(typeof(uint), output.Width), PredictedLabelAnnotations(output, set));
        }
        return builder.ToSchema();
    }

    private static DataViewType TypeOf(FittedOutput output) => output.Kind == OutputKind.Scalar ? NumberDataViewType.Single
        : new VectorDataViewType(NumberDataViewType.Single, output.Shape.Select(size => (int)size).ToArray());

    private static DataViewSchema.Annotations? ScoreAnnotations(FittedOutput output, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (output.KeyValues is { } values)
        {
            if (values.IsText)
                values.AddTo(builder, AnnotationNames.SlotNames);
            values.AddTo(builder, AnnotationNames.TrainingLabelValues);
        }
        AddScore(builder, output, set, ScoreKinds.Score);
        if (output.KnownKind is not ScoreKind.Auto and var kind)
            builder.AddPrimitiveValue(AnnotationNames.FuseScoreKind, TextDataViewType.Instance, kind.ToString().AsMemory());
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations PredictedLabelAnnotations(FittedOutput output, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        output.KeyValues?.AddTo(builder, AnnotationNames.KeyValues);
        AddScore(builder, output, set, ScoreKinds.PredictedLabel);
        return builder.ToAnnotations();
    }

    private static void AddScore(DataViewSchema.Annotations.Builder builder, FittedOutput output, uint set, string valueKind)
    {
        if (output.ScoreKind is not { } kind)
            return;
        builder.Add(AnnotationNames.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), (ref uint value) => value = set);
        builder.AddPrimitiveValue(AnnotationNames.ScoreColumnKind, TextDataViewType.Instance, kind.AsMemory());
        builder.AddPrimitiveValue(AnnotationNames.ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
    }

    private static uint NextScoreSet(DataViewSchema schema)
    {
        uint last = 0;
        foreach (DataViewSchema.Column column in schema)
        {
            if (column.Annotations.Schema.GetColumnOrNull(AnnotationNames.ScoreColumnSetId)?.Type is not KeyDataViewType { RawType: var raw } || raw != typeof(uint))
                continue;
            uint set = 0;
            column.Annotations.GetValue(AnnotationNames.ScoreColumnSetId, ref set);
            last = Math.Max(last, set);
        }
        return last + 1;
    }
}
