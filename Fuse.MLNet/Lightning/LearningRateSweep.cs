using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Holds how the training loss changed while the learning rate rose, one step each.</summary>
/// <remarks>Smith 2017, "Cyclical learning rates for training neural networks"; Lightning's and fastai's <c>lr_find</c>.</remarks>
/// <param name="Rates">The learning rate of each step, of the first optimizer.</param>
/// <param name="Losses">The loss of each step, as it was.</param>
public sealed record LearningRateSweep(ValueList<double> Rates, ValueList<double> Losses)
{
    private const double Smoothing = 0.9;
    private const int Fewest = 10;

    /// <summary>Gets the losses as a running mean, without its bias towards 0 at the start.</summary>
    public ValueList<double> SmoothedLosses
    {
        get
        {
            double mean = 0;
            return ValueList.Create<double>([.. Losses.Select((loss, step) => (mean = (Smoothing * mean) + ((1 - Smoothing) * loss)) / (1 - Math.Pow(Smoothing, step + 1)))]);
        }
    }

    /// <summary>Gets the rate at which the smoothed loss fell fastest over the logarithm of the rate; null when there are too few steps or it never fell.</summary>
    public double? Suggestion
    {
        get
        {
            ValueList<double> losses = SmoothedLosses;
            if (losses.Count < Fewest)
                return null;
            // Both ends are noise: the mean has just begun, and then the loss explodes.
            (int steepest, double slope) = Enumerable.Range(losses.Count / 10, losses.Count - (losses.Count / 10) - 1)
                .Select(step => (step, (losses[step + 1] - losses[step]) / Math.Log(Rates[step + 1] / Rates[step])))
                .Where(pair => double.IsFinite(pair.Item2)).DefaultIfEmpty((0, 0)).MinBy(pair => pair.Item2);
            // A loss that changes by no more than rounding has not fallen.
            return slope < -1e-6 * Math.Abs(losses[steepest]) ? Rates[steepest] : null;
        }
    }

    /// <summary>Writes the suggestion, and a line for about each tenth of the steps.</summary>
    public override string ToString()
    {
        ValueList<double> smoothed = SmoothedLosses;
        IEnumerable<string> lines = Enumerable.Range(0, Rates.Count).Where(step => step % Math.Max(1, Rates.Count / 10) == 0)
            .Select(step => string.Create(CultureInfo.InvariantCulture, $"rate {Rates[step]:0.0e+00}: loss {smoothed[step]:0.0000}"));
        return string.Join(Environment.NewLine, lines.Prepend(Suggestion is { } rate
            ? string.Create(CultureInfo.InvariantCulture, $"suggested learning rate: {rate:0.0e+00}") : "no suggestion: the loss never fell, or there were too few steps"));
    }
}
