using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Finds the label beside each output of a trainer.</summary>
internal static class LabelledOutputs
{
    /// <summary>Finds the column whose classes an output names, or for an output of one number what a loss or a metric compares it with, or else the one label.</summary>
    public static IEnumerable<MeasuredOutput> Of(TrainerPlan.Settled settled, IReadOnlyList<FittedOutput> outputs, IReadOnlyList<ColumnBinding> bindings)
    {
        foreach ((OutputPlan plan, FittedOutput output) in settled.Outputs.Zip(outputs))
        {
            if (plan.Column.LabelColumnName is { } name)
            {
                if (bindings.FirstOrDefault(binding => binding.Source.Name == name) is { } label)
                    yield return new(output.Name, output.Key, output.Activation, label.Key, output.KeyValues?.Values ?? Numbers(output.Width));
            }
            else if (output.Width == 1)
            {
                string key = Target(settled.Module.Arguments, output.Key) ?? BatchKeys.Label;
                if (bindings.Any(binding => binding.Key == key && binding.RowElements == 1))
                    yield return new(output.Name, output.Key, output.Activation, key, null);
            }
        }
    }

    private static ValueList<string> Numbers(int count) => ValueList.Create<string>([.. Enumerable.Range(0, count).Select(index => index.ToString(CultureInfo.InvariantCulture))]);

    private static string? Target(LightningModuleDefaultArguments? arguments, string pred) => arguments is null ? null
        : arguments.Losses.Select(loss => Pair(loss.Value)).Concat(arguments.ValidationMetrics.Select(metric => metric.Value is TargetMetric pair ? (pair.Pred, pair.Target) : default))
            .FirstOrDefault(pair => pair.Pred == pred).Target;

    private static (string? Pred, string? Target) Pair(LossBase loss) => loss switch
    {
        WrappedLoss wrapped => Pair(wrapped.Loss),
        TargetLoss pair => (pair.Pred, pair.Target),
        LossDefault pair => (pair.Pred, pair.Target),
        _ => default,
    };
}
