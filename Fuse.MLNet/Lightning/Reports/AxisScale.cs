using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Maps values to places on an axis, and finds round numbers to mark.</summary>
internal sealed class AxisScale
{
    private const int MarkCount = 5;
    private const double LogarithmicFrom = 1000;
    private static readonly double[] RoundFactors = [1, 2, 5, 10];
    private readonly double _low;
    private readonly double _high;

    private AxisScale(double low, double high, bool isLogarithmic, double[] marks) => (_low, _high, IsLogarithmic, Marks) = (low, high, isLogarithmic, marks);

    public bool IsLogarithmic { get; }

    /// <summary>Gets the values to mark.</summary>
    public double[] Marks { get; }

    /// <summary>Makes an axis that holds values; positive ones of very different size are on a logarithmic one.</summary>
    public static AxisScale Of(IEnumerable<double> values)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        (double low, double high) = finite.Length == 0 ? (0, 1) : (finite.Min(), finite.Max());
        if (low > 0 && high / low >= LogarithmicFrom)
        {
            (int first, int last) = ((int)Math.Floor(Math.Log10(low)), (int)Math.Ceiling(Math.Log10(high)));
            int step = Math.Max(1, (last - first + MarkCount - 1) / MarkCount);
            return new(Math.Log10(low), Math.Log10(high), true, [.. Enumerable.Range(first, last - first + 1).Where(power => power % step == 0).Select(power => Math.Pow(10, power)).Where(mark => mark >= low && mark <= high)]);
        }
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
            (low, high) = low == 0 ? (-1, 1) : (low - (Math.Abs(low) / 10), high + (Math.Abs(high) / 10));
        double[] marks = RoundNumbers(low, high, Step(low, high));
        // The axis ends at round numbers around the values.
        double size = marks.Length > 1 ? marks[1] - marks[0] : high - low;
        (low, high) = (Math.Floor((low / size) + 1e-9) * size, Math.Ceiling((high / size) - 1e-9) * size);
        return new(low, high, false, RoundNumbers(low, high, size));
    }

    /// <summary>Makes an axis of epochs or of other whole numbers.</summary>
    public static AxisScale Whole(double low, double high) => new(low, high > low ? high : low + 1, false, RoundNumbers(low, high, Math.Max(1, Step(low, high))));

    /// <summary>Makes the axis of a share, from 0 to 1.</summary>
    public static AxisScale Share() => new(0, 1, false, [0, 0.2, 0.4, 0.6, 0.8, 1]);

    /// <summary>Gets where a value is, from 0 to 1; null when it is nowhere.</summary>
    public double? Place(double value)
    {
        double number = IsLogarithmic ? Math.Log10(value) : value;
        return double.IsFinite(number) ? (number - _low) / (_high - _low) : null;
    }

    /// <summary>Writes a mark with as many digits as its neighbours need.</summary>
    public string Label(double mark)
    {
        if (IsLogarithmic || Math.Abs(mark) >= 1e6 || Marks.Length < 2)
            return Markup.Number(mark);
        int digits = (int)Math.Max(0, -Math.Floor(Math.Log10(Marks[1] - Marks[0]) + 1e-9));
        return digits > 6 ? Markup.Number(mark) : (Math.Abs(mark) < 1e-12 ? 0 : mark).ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    private static double Step(double low, double high)
    {
        if (high <= low)
            return 1;
        double rough = (high - low) / MarkCount;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return RoundFactors.Select(factor => factor * power).First(step => step >= rough * 0.999);
    }

    private static double[] RoundNumbers(double low, double high, double step)
    {
        double first = Math.Ceiling((low / step) - 1e-9);
        int count = (int)Math.Floor((high / step) + 1e-9 - first) + 1;
        return [.. Enumerable.Range(0, Math.Max(0, count)).Select(index => (first + index) * step)];
    }
}
