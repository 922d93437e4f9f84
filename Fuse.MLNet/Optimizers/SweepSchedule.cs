namespace Fuse.MLNet;

/// <summary>Raises the learning rate step by step, by one factor each, from a rate to another.</summary>
internal sealed record SweepSchedule(double Start, double End, int Steps) : ScheduleSpec
{
    public override double Factor(ScheduleTime time) => Start / time.BaseRate * Math.Pow(End / Start, Math.Min(1, (double)time.Step / Math.Max(1, Steps - 1)));
}
