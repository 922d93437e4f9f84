namespace Fuse.MLNet;

/// <summary>Logs the learning rate, that of each epoch's last batch, as <c>learning_rate</c>; with several optimizers as <c>learning_rate.0</c>, <c>learning_rate.1</c> and so on.</summary>
/// <remarks>Lightning's <c>LearningRateMonitor</c>. Of an optimizer with parameter groups it is the first group's rate.</remarks>
public sealed class LearningRateMonitor : Callback
{
    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<double> rates = context.LearningRates;
        for (int i = 0; i < rates.Count; i++)
            context.Log(rates.Count == 1 ? "learning_rate" : FormattableString.Invariant($"learning_rate.{i}"), rates[i]);
    }
}
