using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Is the plan of <see cref="FuseTrainer.Options"/>, where the user names everything.</summary>
internal sealed record OptionsPlan : TrainerPlan
{
    private readonly FuseTrainer.Options _options;

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public OptionsPlan(FuseTrainer.Options options)
    {
        options.Validate();
        _options = (FuseTrainer.Options)options.Clone();
        Options = _options;
        Columns = [.. _options.Columns];
        Model = _options.Model!;
    }

    public override Settled Settle(Func<string, SchemaShape.Column> find) => new([.. _options.Losses],
    [
        .. _options.Outputs.Select(output => new OutputPlan(output.Key, output.Value,
            output.Key == _options.ScoreColumnName ? _options.PredictedLabelColumnName : $"{output.Key}.{ScoreKinds.PredictedLabel}")),
    ]);
}
