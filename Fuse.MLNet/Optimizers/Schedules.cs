namespace Fuse.MLNet;

/// <summary>Makes schedules of the learning rate.</summary>
public static class Schedules
{
    /// <summary>Multiplies the rate by <paramref name="gamma"/> every <paramref name="epochs"/> epochs; <c>torch.optim.lr_scheduler.StepLR</c>.</summary>
    /// <param name="epochs">The epochs between two changes.</param>
    /// <param name="gamma">The factor of each change.</param>
    public static ScheduleSpec Step(int epochs, double gamma = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        return new StepSchedule(epochs, gamma);
    }

    /// <summary>Multiplies the rate by <paramref name="gamma"/> at given epochs; <c>MultiStepLR</c>.</summary>
    /// <param name="milestones">The epochs, from 0, that start with a changed rate.</param>
    /// <param name="gamma">The factor of each change.</param>
    public static ScheduleSpec MultiStep(ValueList<int> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        return new MultiStepSchedule(milestones, gamma);
    }

    /// <summary>Multiplies the rate by <paramref name="gamma"/> after every epoch; <c>ExponentialLR</c>.</summary>
    /// <param name="gamma">The factor of an epoch.</param>
    public static ScheduleSpec Exponential(double gamma) => new ExponentialSchedule(gamma);

    /// <summary>Lowers the rate along half a cosine over the run, step by step (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="minFactor">The factor at the end.</param>
    public static ScheduleSpec Cosine(double minFactor = 0) => new CosineSchedule(minFactor);

    /// <summary>Lowers the rate as a power of what is left of the run, step by step; <c>PolynomialLR</c>.</summary>
    /// <param name="power">The power; 1 is a straight line.</param>
    /// <param name="minFactor">The factor at the end.</param>
    public static ScheduleSpec Polynomial(double power = 1, double minFactor = 0) => new PolynomialSchedule(power, minFactor);

    /// <summary>Raises the rate along a cosine to its maximum, then lowers it to almost nothing (Smith and Topin 2018); <c>OneCycleLR</c>.</summary>
    /// <param name="riseFraction">The part of the run in which the rate rises.</param>
    /// <param name="startFactor">The factor at the start; the optimizer's own rate is the maximum.</param>
    /// <param name="endFactor">The factor at the end.</param>
    public static ScheduleSpec OneCycle(double riseFraction = 0.3, double startFactor = 1.0 / 25, double endFactor = 1e-4 / 25)
    {
        if (!(riseFraction is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(riseFraction), riseFraction, "The part of the run in which the rate rises must be between 0 and 1.");
        return new OneCycleSchedule(riseFraction, startFactor, endFactor);
    }

    /// <summary>Raises the rate in a straight line over the first steps, then follows another schedule.</summary>
    /// <param name="steps">The number of optimizer steps to rise over.</param>
    /// <param name="then">The schedule to follow, over the whole run. Default: the optimizer's own rate.</param>
    /// <param name="startFactor">The factor before the first step.</param>
    public static ScheduleSpec WarmUp(long steps, ScheduleSpec? then = null, double startFactor = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new WarmUpSchedule(steps, then, startFactor);
    }

    /// <summary>Multiplies the rate by <paramref name="factor"/> when a logged value has not become better for some epochs; <c>ReduceLROnPlateau</c>.</summary>
    /// <param name="monitor">The logged name to watch.</param>
    /// <param name="mode">Which values are better.</param>
    /// <param name="factor">The factor of each change.</param>
    /// <param name="patience">The number of epochs without a better value that are put up with.</param>
    /// <param name="minDelta">How much better than the best so far a value must be to count.</param>
    /// <param name="cooldown">The number of epochs after a change in which none is counted as bad.</param>
    /// <param name="minFactor">The smallest factor.</param>
    public static ScheduleSpec ReduceOnPlateau(string monitor, MonitorMode mode = MonitorMode.Min, double factor = 0.1, int patience = 10,
        double minDelta = 0, int cooldown = 0, double minFactor = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        return new PlateauSchedule(new MetricMonitor(monitor, mode, minDelta), factor, patience, cooldown, minFactor);
    }

    private static double Cosine(double from, double to, double part) => to + ((from - to) * (1 + Math.Cos(Math.PI * Math.Clamp(part, 0, 1))) / 2);

    private sealed record StepSchedule(int Epochs, double Gamma) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time) => Math.Pow(Gamma, time.Epoch / Epochs);
    }

    private sealed record MultiStepSchedule(ValueList<int> Milestones, double Gamma) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time) => Math.Pow(Gamma, Milestones.Count(epoch => epoch <= time.Epoch));
    }

    private sealed record ExponentialSchedule(double Gamma) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time) => Math.Pow(Gamma, time.Epoch);
    }

    private sealed record CosineSchedule(double MinFactor) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time) => Cosine(1, MinFactor, time.Epochs / time.MaxEpochs);
    }

    private sealed record PolynomialSchedule(double Power, double MinFactor) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time) =>
            MinFactor + ((1 - MinFactor) * Math.Pow(Math.Max(0, 1 - (time.Epochs / time.MaxEpochs)), Power));
    }

    private sealed record OneCycleSchedule(double RiseFraction, double StartFactor, double EndFactor) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time)
        {
            double done = time.Epochs / time.MaxEpochs;
            return done < RiseFraction ? Cosine(StartFactor, 1, done / RiseFraction) : Cosine(1, EndFactor, (done - RiseFraction) / (1 - RiseFraction));
        }
    }

    private sealed record WarmUpSchedule(long Steps, ScheduleSpec? Then, double StartFactor) : ScheduleSpec
    {
        public override double Factor(ScheduleTime time)
        {
            double rise = time.Step >= Steps ? 1 : StartFactor + ((1 - StartFactor) * time.Step / Steps);
            return rise * (Then?.Factor(time) ?? 1);
        }
    }

    private sealed record PlateauSchedule(MetricMonitor Monitor, double Gamma, int Patience, int Cooldown, double MinFactor) : ScheduleSpec
    {
        // Replayed from the logged values each time, so that there is no state to save.
        public override double Factor(ScheduleTime time)
        {
            (double factor, double? best, int bad, int cooldown) = (1, null, 0, 0);
            foreach (double value in time.Epoch == 0 ? [] : time.Logged?.Invoke(Monitor.Name) ?? [])
            {
                bool better = Monitor.IsBetter(value, best);
                best = better ? value : best;
                bad = better || cooldown > 0 ? 0 : bad + 1;
                cooldown = Math.Max(0, cooldown - 1);
                if (bad > Patience)
                    (factor, bad, cooldown) = (Math.Max(factor * Gamma, MinFactor), 0, Cooldown);
            }
            return factor;
        }
    }
}
