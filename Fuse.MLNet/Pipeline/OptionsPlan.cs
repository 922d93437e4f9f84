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

    public override Settled Settle(Func<string, SchemaShape.Column> find) => new(new ModulePlan(_options.Arguments(), _options.Module),
    [
        .. _options.Outputs.Select(output => new OutputPlan(output.Key, output.Value, TaskOf(output.Value, find),
            NameOf(output.Key, _options.ProbabilityColumnName, ScoreRole.Probability), NameOf(output.Key, _options.PredictedLabelColumnName, ScoreRole.PredictedLabel))),
    ]);

    private static OutputTask TaskOf(OutputColumn output, Func<string, SchemaShape.Column> find) => output.LabelColumnName is { } label ? LabelCheck.TaskOf(find(label))
        : output.Kind == OutputKind.Scalar ? OutputTask.Regression : OutputTask.Raw;

    private string NameOf(string output, string besideScore, ScoreRole role) => output == _options.ScoreColumnName ? besideScore : $"{output}.{role}";
}
