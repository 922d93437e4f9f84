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
            foreach ((ScoreRole role, string name) in output.Columns)
                builder.AddColumn(name, TypeOf(output, role), Annotations(output, role, set));
        return builder.ToSchema();
    }

    private static DataViewType TypeOf(FittedOutput output, ScoreRole role) => (role, output.Task) switch
    {
        (ScoreRole.Probability, _) => NumberDataViewType.Single,
        (ScoreRole.PredictedLabel, OutputTask.BinaryClassification) => BooleanDataViewType.Instance,
        (ScoreRole.PredictedLabel, OutputTask.MultiLabelClassification) => VectorOf(BooleanDataViewType.Instance, output.Shape),
        (ScoreRole.PredictedLabel, OutputTask.Segmentation) => VectorOf(new KeyDataViewType(typeof(uint), output.ClassCount), output.Shape.Skip(1)),
        (ScoreRole.PredictedLabel, _) => new KeyDataViewType(typeof(uint), output.ClassCount),
        _ => output.Kind == OutputKind.Scalar ? NumberDataViewType.Single : VectorOf(NumberDataViewType.Single, output.Shape),
    };

    private static VectorDataViewType VectorOf(PrimitiveDataViewType item, IEnumerable<long> shape) => new(item, shape.Select(size => (int)size).ToArray());

    private static DataViewSchema.Annotations? Annotations(FittedOutput output, ScoreRole role, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (output.Task == OutputTask.MulticlassClassification && role == ScoreRole.Score && output.KeyValues is { } classes)
        {
            if (classes.IsText)
                classes.AddTo(builder, AnnotationNames.SlotNames);
            classes.AddTo(builder, AnnotationNames.TrainingLabelValues);
        }
        if (role == ScoreRole.PredictedLabel)
            output.KeyValues?.AddTo(builder, AnnotationNames.KeyValues);
        output.SlotNames?.AddTo(builder, AnnotationNames.SlotNames);
        if (output.Task != OutputTask.Raw)
        {
            builder.Add(AnnotationNames.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), (ref uint value) => value = set);
            builder.AddPrimitiveValue(AnnotationNames.ScoreColumnKind, TextDataViewType.Instance, output.Task.ToString().AsMemory());
            builder.AddPrimitiveValue(AnnotationNames.ScoreValueKind, TextDataViewType.Instance, role.ToString().AsMemory());
        }
        if (role == ScoreRole.Probability)
            builder.AddPrimitiveValue(AnnotationNames.IsNormalized, BooleanDataViewType.Instance, true);
        if (role == ScoreRole.Score && output.KnownKind is not ScoreKind.Auto and var kind)
            builder.AddPrimitiveValue(AnnotationNames.FuseScoreKind, TextDataViewType.Instance, kind.ToString().AsMemory());
        return builder.ToAnnotations();
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
