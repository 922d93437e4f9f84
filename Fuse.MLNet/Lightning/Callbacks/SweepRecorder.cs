namespace Fuse.MLNet;

/// <summary>Notes rate and loss of each step of a sweep, and ends it when the loss explodes.</summary>
internal sealed class SweepRecorder(List<double> rates, List<double> losses) : Callback
{
    private const double Explosion = 4;
    private readonly List<double> _step = [];

    public LearningRateSweep Sweep() => new(ValueList.Create<double>([.. rates]), ValueList.Create<double>([.. losses]));

    public override void OnBeforeBackward(TrainingContext context, Tensor loss) => _step.Add(loss.Number());

    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        if (!context.HasStepped || _step.Count == 0)
            return;
        double loss = _step.Average();
        _step.Clear();
        if (!double.IsFinite(loss))
        {
            context.Stop("the loss is not finite");
            return;
        }
        rates.Add(context.LearningRate);
        losses.Add(loss);
        LearningRateSweep sweep = Sweep();
        ValueList<double> smoothed = sweep.SmoothedLosses;
        if (smoothed.Count > 10 && smoothed[^1] > Explosion * smoothed.Min())
            context.Stop("the loss explodes");
    }
}
