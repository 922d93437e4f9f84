namespace Fuse.MLNet;

/// <summary>Describes how the learning rate changes over a run: a factor of the optimizer's own rate. Made by <see cref="Schedules"/>.</summary>
/// <remarks>
/// A schedule is a pure function of the place in the run, so a resumed run continues it without any state; derive a record and override
/// <see cref="Factor"/> to write one. <see cref="Schedules.ReduceOnPlateau"/> is the exception: its factor follows the logged values.
/// </remarks>
public abstract record ScheduleSpec
{
    /// <summary>Computes the factor of the learning rate.</summary>
    /// <param name="time">The place in the run.</param>
    public abstract double Factor(ScheduleTime time);

    /// <summary>Computes the factors of every step of a run, to look at a schedule before using it.</summary>
    /// <param name="epochs">The number of epochs of the run.</param>
    /// <param name="stepsPerEpoch">The number of optimizer steps in an epoch.</param>
    public IReadOnlyList<double> Simulate(int epochs, int stepsPerEpoch = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch, 1);
        return
        [
            .. Enumerable.Range(0, epochs * stepsPerEpoch).Select(step =>
                Factor(new ScheduleTime(step, step / stepsPerEpoch, epochs, (double)(step % stepsPerEpoch) / stepsPerEpoch))),
        ];
    }
}
