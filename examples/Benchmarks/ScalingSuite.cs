using System.Diagnostics;
using System.Globalization;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Measures training in several processes of one thread each, started by mpirun, and predicts how it goes on with more of them.</summary>
/// <remarks>
/// The prediction: a step of n processes takes the compute of one, plus two exchanges, a small one and one of the gradients. An exchange takes ceil(log2 n) times what a small one of two processes takes, and
/// 2 (n - 1) / n times what the bytes take between two, as ring and tree algorithms do. Where processes outnumber the processors, compute takes so many times as long.
/// </remarks>
internal sealed class ScalingSuite(string launcher)
{
    private const int Most = 64;

    /// <summary>Measures what is wanted.</summary>
    public IEnumerable<Measured> Measure(Func<string, bool> isWanted, bool quick, int runs)
    {
        ScaledTraining[] wanted = [.. ScaledTraining.All.Where(training => isWanted($"{training.Name}, 2 processes"))];
        if (wanted.Length == 0)
            yield break;
        if (!CanLaunch())
        {
            Console.Error.WriteLine($"'{launcher}' cannot be started: training in several processes is left out. On Debian: apt-get install openmpi-bin");
            yield break;
        }
        foreach (ScaledTraining training in wanted)
        {
            yield return Stopwatches.Compare(new($"{training.Name}, 2 processes", "one process", training.Bar, () => Launch(2, training.Name), () => Launch(1, training.Name)), runs);
            foreach (Measured measured in Predict(training, quick ? [2] : [2, 3, 4]))
                yield return measured;
        }
    }

    private IEnumerable<Measured> Predict(ScaledTraining training, int[] measured)
    {
        int bytes = training.Parameters * sizeof(float);
        double small = Launch(2, $"{RankWork.SmallBytes}"), large = Launch(2, $"{bytes}"), compute = Launch(1, training.Name) / training.Steps(1);
        double Step(int processes, int processors) => (compute * Math.Max(1, (double)processes / processors)) + (2 * Math.Ceiling(Math.Log2(processes)) * small)
            + (2.0 * (processes - 1) / processes * Math.Max(0, large - small));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {training.Name}: compute {compute:0.00} ms a step, {bytes / 1e6:0.0} MB of gradients in {large:0.00} ms, {RankWork.SmallBytes} bytes in {1000 * small:0} us"));
        IEnumerable<int> sizes = Enumerable.Range(1, (int)Math.Log2(Most)).Select(power => 1 << power);
        Console.WriteLine($"  predicted efficiency, a processor for each: {string.Join(", ", sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size}: {compute / Step(size, size):0.00}")))}");
        foreach (int size in measured)
        {
            double taken = Launch(size, training.Name) / training.Steps(size), predicted = Step(size, Environment.ProcessorCount);
            yield return new($"{training.Name}, {size} processes", "predicted step", taken / predicted, 1.25, 1, taken);
        }
    }

    private bool CanLaunch()
    {
        try
        {
            return Launch(2, $"{RankWork.SmallBytes}") > 0;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    /// <returns>The milliseconds that the first process printed.</returns>
    private double Launch(int processes, string what)
    {
        string[] words = launcher.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = new ProcessStartInfo(words[0], [.. words[1..], "-n", $"{processes}", "dotnet", typeof(ScalingSuite).Assembly.Location, "--rank-work", what]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string? line = output.Split('\n').Select(text => text.Trim()).LastOrDefault(text => text.EndsWith(" ms", StringComparison.Ordinal));
        // What comes through the launcher's terminal may begin with .NET's signs to it.
        string number = line is null ? "" : string.Concat(line[..^3].Reverse().TakeWhile(character => char.IsAsciiDigit(character) || character is '.' or 'E' or '-').Reverse());
        return process.ExitCode == 0 && double.TryParse(number, CultureInfo.InvariantCulture, out double milliseconds) ? milliseconds
            : throw new InvalidOperationException($"'{launcher} -n {processes}' ended with {process.ExitCode}: {output}{errors.Result}");
    }
}
