using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Describes one output of a trainer before it is fitted, and promises its columns.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Column">What the user asked for.</param>
/// <param name="PredictedLabelName">The name of the class column when <paramref name="Column"/> names a label.</param>
internal sealed record OutputPlan(string Name, OutputColumn Column, string PredictedLabelName)
{
    /// <summary>Promises the columns that scoring will add.</summary>
    public IEnumerable<SchemaShape.Column> Promise(Func<string, SchemaShape.Column> find)
    {
        SchemaShape.Column? label = Column.LabelColumnName is { } name ? LabelCheck.Key(find(name)) : null;
        yield return SchemaShapes.Column(Name,
            Column.Kind == OutputKind.Scalar ? SchemaShape.Column.VectorKind.Scalar : SchemaShape.Column.VectorKind.Vector,
            NumberDataViewType.Single, annotations: [.. SlotAnnotations(label), .. label is null && Column.Kind == OutputKind.Vector ? [] : ScoreAnnotations(), .. KindAnnotation()]);
        if (label is null)
            yield break;
        IEnumerable<SchemaShape.Column> keyValues = label.Value.Annotations.Where(annotation => annotation.Name == AnnotationNames.KeyValues);
        yield return SchemaShapes.Column(PredictedLabelName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true,
            annotations: [.. keyValues, .. ScoreAnnotations()]);
    }

    /// <summary>Fixes the output to the shape that the model gave and the classes that the label has.</summary>
    /// <exception cref="InvalidOperationException">The model's output does not fit the kind or the number of classes.</exception>
    public FittedOutput Fit(long[] shape, DataViewSchema schema)
    {
        bool isScalar = Column.Kind == OutputKind.Scalar;
        if (isScalar && !(shape.Length == 1 || (shape.Length == 2 && shape[1] == 1)))
            throw Misfit(shape, "one number a row, [N] or [N, 1]",
                $"change the network's last layer, or set {nameof(OutputColumn)}.{nameof(OutputColumn.Kind)} to {nameof(OutputKind.Vector)}");
        if (!isScalar && shape.Length < 2)
            throw Misfit(shape, "a vector a row, [N, C]", $"set {nameof(OutputColumn)}.{nameof(OutputColumn.Kind)} to {nameof(OutputKind.Scalar)}");
        DataViewSchema.Column? label = Column.LabelColumnName is { } name ? schema[name] : null;
        if (label is { } column && LabelCheck.ClassCount(column) is var classes && (shape.Length != 2 || shape[1] != classes))
            throw Misfit(shape, $"[N, {classes}], one output for each of the {classes} classes of '{column.Name}'", "change the network's last layer");
        return new FittedOutput
        {
            Name = Name,
            Key = Column.Key,
            Activation = Column.Activation,
            Kind = Column.Kind,
            Shape = isScalar ? [] : ValueList.Create(shape.AsSpan(1)),
            ScoreKind = label is not null ? ScoreKinds.Multiclass : isScalar ? ScoreKinds.Regression : null,
            PredictedLabelName = label is null ? null : PredictedLabelName,
            KeyValues = label is null ? null : KeyValues.Read(label.Value),
        };
    }

    private InvalidOperationException Misfit(long[] shape, string expected, string fix) => MLNetErrors.Mark(new InvalidOperationException(
        $"The output column '{Name}' is read from '{Column.Key}', which the model gave as [{string.Join(", ", shape)}]; expected {expected}: {fix}."));

    private static IEnumerable<SchemaShape.Column> SlotAnnotations(SchemaShape.Column? label)
    {
        SchemaShape.Column values = label?.Annotations.FirstOrDefault(annotation => annotation.Name == AnnotationNames.KeyValues) ?? default;
        if (values.Name is null)
            yield break;
        if (values.ItemType is TextDataViewType)
            yield return SchemaShapes.Column(AnnotationNames.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance);
        yield return SchemaShapes.Column(AnnotationNames.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType);
    }

    private IEnumerable<SchemaShape.Column> KindAnnotation() => ScoreAnnotation.KindOf(Column.Activation) == ScoreKind.Auto ? []
        : [SchemaShapes.Column(AnnotationNames.FuseScoreKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance)];

    private static IEnumerable<SchemaShape.Column> ScoreAnnotations() =>
    [
        SchemaShapes.Column(AnnotationNames.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
        SchemaShapes.Column(AnnotationNames.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance),
        SchemaShapes.Column(AnnotationNames.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance),
    ];
}
