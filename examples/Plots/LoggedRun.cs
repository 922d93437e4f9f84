using System.Globalization;

namespace Fuse.MLNet.Examples.Plots;

/// <summary>Holds what CsvLogger wrote: the values of each logged name, one an epoch.</summary>
/// <param name="Epochs">The epochs, from 0.</param>
/// <param name="Values">The values by name; NaN where an epoch has none.</param>
internal sealed record LoggedRun(double[] Epochs, IReadOnlyDictionary<string, double[]> Values)
{
    /// <summary>Reads a metrics.csv.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static LoggedRun Read(string path)
    {
        string[][] rows = [.. File.ReadLines(path).Select(line => line.Split(','))];
        if (rows.Length < 2 || rows[0][0] != "epoch" || rows.Any(row => row.Length != rows[0].Length))
            throw new InvalidDataException($"{path}: expected what CsvLogger writes, a line of names that begins with 'epoch' and a line of numbers an epoch.");
        double[] Column(int index) => [.. rows.Skip(1).Select(row => row[index].Length == 0 ? double.NaN
            : double.TryParse(row[index], CultureInfo.InvariantCulture, out double value) ? value
            : throw new InvalidDataException($"{path}: '{row[index]}', under '{rows[0][index]}', is not a number."))];
        return new(Column(0), Enumerable.Range(1, rows[0].Length - 1).ToDictionary(index => rows[0][index], Column));
    }
}
