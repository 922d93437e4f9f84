namespace Fuse.MLNet;

/// <summary>Says where in a run a schedule is asked for its factor.</summary>
/// <param name="Step">The number of optimizer steps taken before this one.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="MaxEpochs">The number of epochs of the whole run, whether or not <c>MaxSteps</c> or <c>MaxTime</c> end it before.</param>
/// <param name="EpochFraction">The part of the epoch that is done, from 0 to below 1, by rows.</param>
public readonly record struct ScheduleTime(long Step, int Epoch, int MaxEpochs, double EpochFraction = 0)
{
    /// <summary>Gets the epochs done, with the part of the current one.</summary>
    public double Epochs => Epoch + EpochFraction;

    /// <summary>Gets or sets the optimizer's own rate; 1 in simulations.</summary>
    internal double BaseRate { get; init; } = 1;

    /// <summary>Gets or sets how to read the values of a logged name, one for each finished epoch; null in simulations.</summary>
    internal Func<string, IReadOnlyList<double>>? Logged { get; init; }
}
