using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Is the plan of <see cref="FuseTrainer.Options"/>, where the user names everything.</summary>
internal sealed record OptionsPlan : TrainerPlan
{
    private readonly FuseTrainer.Options _options;

    private OptionsPlan(FuseTrainer.Options options)
        : base(options.Columns, options) => _options = options;

    /// <summary>Checks and copies the options.</summary>
    public static OptionsPlan Create(FuseTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new OptionsPlan((FuseTrainer.Options)options.Clone());
    }

    protected override bool TakesMissingValues => _options.Model is ModelTabular;

    protected override IReadOnlySet<string> LabelKeys()
    {
        string?[] labels = [.. _options.Outputs.Values.Select(output => output.LabelColumnName)];
        IEnumerable<LossBase> losses = _options.Losses.Values.Concat(_options.ValidationLosses.Values);
        IEnumerable<MetricBase> metrics = _options.TrainMetrics.Values.Concat(_options.ValidationMetrics.Values).Concat(_options.TestMetrics.Values);
        return new HashSet<string>(base.LabelKeys().Concat(losses.SelectMany(TargetsOf)).Concat(metrics.SelectMany(TargetsOf))
            .Concat(Columns.Where(column => labels.Contains(column.Value.ColumnName)).Select(column => column.Key)), StringComparer.Ordinal);
    }

    public override Settled Settle(Func<string, SchemaShape.Column> find) => new(new ModulePlan(_options.Arguments(), _options.Module),
    [
        .. _options.Outputs.Select(output => new OutputPlan(output.Key, output.Value, TaskOf(output.Value, find),
            NameOf(output.Key, _options.ProbabilityColumnName, ScoreRole.Probability), NameOf(output.Key, _options.PredictedLabelColumnName, ScoreRole.PredictedLabel))),
    ]);

    private static IEnumerable<string> TargetsOf(LossBase loss) => loss switch
    {
        TargetLoss known => [known.Target],
        LossDefault any => [any.Target],
        WrappedLoss outer => TargetsOf(outer.Loss),
        LossCombined several => several.Losses.SelectMany(part => TargetsOf(part.Loss)),
        _ => [],
    };

    private static IEnumerable<string> TargetsOf(MetricBase metric) => metric switch
    {
        TargetMetric known => [known.Target],
        WrappedMetric outer => TargetsOf(outer.Metric),
        _ => [],
    };

    private static OutputTask TaskOf(OutputColumn output, Func<string, SchemaShape.Column> find) => output.LabelColumnName is { } label ? LabelCheck.TaskOf(find(label))
        : output.Kind == OutputKind.Scalar ? OutputTask.Regression : OutputTask.Raw;

    private string NameOf(string output, string besideScore, ScoreRole role) => output == _options.ScoreColumnName ? besideScore : $"{output}.{role}";
}
