using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Describes one output of a trainer before it is fitted, and promises its columns.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Column">What the user asked for.</param>
/// <param name="Task">What it predicts.</param>
/// <param name="ProbabilityName">The name of the column of the probability, where there is one.</param>
/// <param name="PredictedLabelName">The name of the column of what is predicted, where there is one.</param>
internal sealed record OutputPlan(string Name, OutputColumn Column, OutputTask Task, string ProbabilityName, string PredictedLabelName)
{
    private bool IsScalar => Column.Kind == OutputKind.Scalar || Task == OutputTask.BinaryClassification;

    private bool HasProbability => Task == OutputTask.BinaryClassification && Column.Activation == Activation.Sigmoid;

    private bool HasPredictedLabel => Task is not (OutputTask.Raw or OutputTask.Regression or OutputTask.MultiOutputRegression);

    // A binary classifier's Score is the logit, because ML.NET's evaluators compare it with 0.
    private Activation Applied => Task == OutputTask.BinaryClassification ? Activation.None : Column.Activation;

    private ScoreKind ScoreKind => HasProbability ? ScoreKind.Logit : ScoreAnnotation.KindOf(Applied);

    /// <summary>Promises the columns that scoring will add.</summary>
    /// <exception cref="ArgumentException">The label or the activation does not fit the task.</exception>
    public IEnumerable<SchemaShape.Column> Promise(Func<string, SchemaShape.Column> find)
    {
        if (Task == OutputTask.BinaryClassification && Column.Activation is not (Activation.None or Activation.Sigmoid))
            throw new ArgumentException($"The output '{Name}' has {nameof(OutputColumn.Activation)} = {Column.Activation} and the Boolean label '{Column.LabelColumnName}': " +
                $"its value is a logit, whose probability {nameof(Activation.Sigmoid)} gives.");
        SchemaShape.Column? label = Column.LabelColumnName is { } name ? find(name) : null;
        SchemaShape.Column[] slots = [.. SlotAnnotations(label)];
        SchemaShape.Column[] score = [.. ScoreAnnotations()];
        yield return SchemaShapes.Column(Name, IsScalar ? SchemaShape.Column.VectorKind.Scalar : SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single,
            annotations: [.. slots, .. score, .. ScoreKind == ScoreKind.Auto ? [] : new[] { Text(AnnotationNames.FuseScoreKind) }]);
        if (HasProbability)
            yield return SchemaShapes.Column(ProbabilityName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single,
                annotations: [.. score, SchemaShapes.Column(AnnotationNames.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance)]);
        if (!HasPredictedLabel)
            yield break;
        bool isKey = Task is OutputTask.MulticlassClassification or OutputTask.Segmentation;
        bool isVector = Task is OutputTask.MultiLabelClassification or OutputTask.Segmentation;
        yield return SchemaShapes.Column(PredictedLabelName, isVector ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.Scalar,
            isKey ? NumberDataViewType.UInt32 : BooleanDataViewType.Instance, isKey,
            [.. isKey ? Annotations(label, AnnotationNames.KeyValues) : slots, .. score]);
    }

    /// <summary>Fixes the output to the shape that the model gave and the classes that the label has.</summary>
    /// <exception cref="InvalidOperationException">The model's output does not fit the kind or the label.</exception>
    public FittedOutput Fit(long[] shape, DataViewSchema schema)
    {
        if (IsScalar && !(shape.Length == 1 || (shape.Length == 2 && shape[1] == 1)))
            throw Misfit(shape, Task == OutputTask.BinaryClassification ? $"one logit a row, [N] or [N, 1], for the label '{Column.LabelColumnName}'" : "one number a row, [N] or [N, 1]",
                Task == OutputTask.BinaryClassification ? "change the network's last layer, or make the label a key (MapValueToKey) for one output for each class"
                : $"change the network's last layer, or set {nameof(OutputColumn)}.{nameof(OutputColumn.Kind)} to {nameof(OutputKind.Vector)}");
        if (!IsScalar && shape.Length < 2)
            throw Misfit(shape, "a vector a row, [N, C]", $"set {nameof(OutputColumn)}.{nameof(OutputColumn.Kind)} to {nameof(OutputKind.Scalar)}");
        DataViewSchema.Column? label = Column.LabelColumnName is { } name ? schema[name] : null;
        if (label is { } column)
            CheckLabel(shape, column);
        return new FittedOutput
        {
            Name = Name,
            Key = Column.Key,
            Activation = Applied,
            ValueKind = HasProbability ? ScoreKind.Logit : ScoreKind.Auto,
            Kind = IsScalar ? OutputKind.Scalar : OutputKind.Vector,
            Shape = IsScalar ? [] : ValueList.Create(shape.AsSpan(1)),
            Task = Task,
            ProbabilityName = HasProbability ? ProbabilityName : null,
            PredictedLabelName = HasPredictedLabel ? PredictedLabelName : null,
            KeyValues = label is null ? null : KeyValues.Read(label.Value),
            SlotNames = label is null || Task is not (OutputTask.MultiLabelClassification or OutputTask.MultiOutputRegression) ? null : KeyValues.Read(label.Value, AnnotationNames.SlotNames),
        };
    }

    private void CheckLabel(long[] shape, DataViewSchema.Column label)
    {
        const string Layer = "change the network's last layer";
        int places = label.Type is VectorDataViewType { IsKnownSize: true } vector ? vector.Size : 0;
        long values = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        switch (Task)
        {
            case OutputTask.MulticlassClassification when LabelCheck.ClassCount(label) is var classes && (shape.Length != 2 || shape[1] != classes):
                throw Misfit(shape, $"[N, {classes}], one output for each of the {classes} classes of '{label.Name}'", Layer);
            case OutputTask.Segmentation when LabelCheck.ClassCount(label) is var classes && (shape.Length < 3 || shape[1] != classes || (places > 0 && values != classes * places)):
                throw Misfit(shape, $"[N, {classes}, ...], one map for each of the {classes} classes of '{label.Name}'{(places > 0 ? $", each of {places} places" : "")}", Layer);
            case OutputTask.MultiLabelClassification or OutputTask.MultiOutputRegression when places > 0 && values != places:
                throw Misfit(shape, $"[N, {places}], one output for each of the {places} values of '{label.Name}'",
                    $"{Layer}; a label whose values are classes is made keys by mlContext.Transforms.Conversion.MapValueToKey(\"{label.Name}\")");
        }
    }

    private InvalidOperationException Misfit(long[] shape, string expected, string fix) => MLNetErrors.Mark(new InvalidOperationException(
        $"The output column '{Name}' is read from '{Column.Key}', which the model gave as [{string.Join(", ", shape)}]; expected {expected}: {fix}."));

    private IEnumerable<SchemaShape.Column> SlotAnnotations(SchemaShape.Column? label)
    {
        if (Task is OutputTask.MultiLabelClassification or OutputTask.MultiOutputRegression)
            return Annotations(label, AnnotationNames.SlotNames);
        return Task != OutputTask.MulticlassClassification ? [] : Annotations(label, AnnotationNames.KeyValues).SelectMany(values => new[]
        {
            SchemaShapes.Column(AnnotationNames.SlotNames, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance),
            SchemaShapes.Column(AnnotationNames.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType),
        }.Skip(values.ItemType is TextDataViewType ? 0 : 1));
    }

    private static IEnumerable<SchemaShape.Column> Annotations(SchemaShape.Column? label, string kind) =>
        label?.Annotations.Where(annotation => annotation.Name == kind) ?? [];

    private IEnumerable<SchemaShape.Column> ScoreAnnotations() => Task == OutputTask.Raw ? [] :
    [
        SchemaShapes.Column(AnnotationNames.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true),
        Text(AnnotationNames.ScoreColumnKind),
        Text(AnnotationNames.ScoreValueKind),
    ];

    private static SchemaShape.Column Text(string name) => SchemaShapes.Column(name, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance);
}
