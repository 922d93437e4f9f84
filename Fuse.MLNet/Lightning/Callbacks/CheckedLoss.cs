namespace Fuse.MLNet;

/// <summary>Names what a loss of a run compares, for the checks of its first batch.</summary>
/// <param name="Name">The loss's name, or null when there is a prediction and a label but no known loss.</param>
/// <param name="Loss">The loss inside of those that wrap it, or null.</param>
/// <param name="Weight">What it is multiplied by in the batch.</param>
/// <param name="Prediction">The batch key of the prediction.</param>
/// <param name="Target">The batch key of the target.</param>
internal sealed record CheckedLoss(string? Name, LossBase? Loss, double Weight, string Prediction, string Target)
{
    /// <summary>Gets the training losses of a module that compare one prediction with one target.</summary>
    public static IReadOnlyList<CheckedLoss> Of(LightningModule module) => module is LightningModuleDefault supervised
        ? [.. supervised.TrainingLosses.Select(pair => Of(pair.Key, pair.Value)).OfType<CheckedLoss>()]
        : [new(null, null, 1, BatchKeys.Logits, BatchKeys.Label)];

    // A loss that changes the batch first compares other rows than those of the batch.
    private static CheckedLoss? Of(string name, LossBase loss)
    {
        double weight = loss.Weight;
        while (loss.Preprocess is null && loss is LossWarmUp or LossMasked)
        {
            loss = ((WrappedLoss)loss).Loss;
            weight *= loss.Weight;
        }
        return loss.Preprocess is not null ? null
            : loss is TargetLoss known ? new(name, loss, weight, known.Pred, known.Target)
            : loss is LossDefault any ? new(name, loss, weight, any.Pred, any.Target)
            : null;
    }
}
