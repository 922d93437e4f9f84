using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is training from a text file whose rows do not fit the memory for them, beside reading alone and training alone.</summary>
internal sealed class CsvWork : IDisposable
{
    private const int BudgetPart = 50;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuse-mlnet-{Guid.NewGuid():N}.csv");
    private readonly MLContext _ml = new(seed: 1);
    private readonly long _rows;
    private readonly IDataView _text;
    private readonly IDataView _inMemory;

    /// <summary>Writes the file.</summary>
    /// <param name="rows">The number of rows, of 784 features and a class.</param>
    public CsvWork(int rows)
    {
        _rows = rows;
        var random = new Random(1);
        using (var writer = new StreamWriter(_path))
            for (int row = 0; row < rows; row++)
            {
                writer.Write(random.Next(10).ToString(CultureInfo.InvariantCulture));
                for (int i = 0; i < StreamedFit.Width; i++)
                {
                    // As in a file of digits: most pixels are 0.
                    writer.Write(',');
                    writer.Write((random.Next(5) == 0 ? random.Next(256) : 0).ToString(CultureInfo.InvariantCulture));
                }
                writer.WriteLine();
            }
        _text = _ml.Data.LoadFromTextFile(_path, separatorChar: ',', columns:
        [
            new(nameof(Row.Label), DataKind.UInt32, [new(0)], new KeyCount(10)),
            new(nameof(Row.Features), DataKind.Single, 1, StreamedFit.Width),
        ]);
        _inMemory = new GeneratedView(rows, StreamedFit.Width);
    }

    /// <summary>Times an epoch of an MLP 784-128-10 from the file, and the least time that it could take: the longest of reading alone, training alone, and the processor time of both on all cores.</summary>
    /// <param name="work">The name of the line.</param>
    /// <param name="peer">The name of what it is compared with.</param>
    /// <param name="bar">The largest ratio that is aimed at.</param>
    /// <param name="runs">The least number of timed runs.</param>
    /// <param name="threads">The number of libtorch's threads, for all sides.</param>
    public Measured Measure(string work, string peer, double bar, int runs, int threads)
    {
        int before = torch.get_num_threads();
        torch.set_num_threads(threads);
        var timings = new Timings(runs);
        for (bool isWarm = false; !timings.IsEnough; isWarm = true)
        {
            (double whole, _) = StreamedFit.Run(_text, _rows * StreamedFit.Width * sizeof(float) / BudgetPart);
            (double reading, double readingProcessor) = Read();
            (double training, double trainingProcessor) = StreamedFit.Run(_inMemory, long.MaxValue);
            if (isWarm)
                timings.Add(whole, Math.Max(Math.Max(reading, training), (readingProcessor + trainingProcessor) / Environment.ProcessorCount));
        }
        torch.set_num_threads(before);
        return timings.Measured(work, peer, bar);
    }

    public void Dispose() => File.Delete(_path);

    private (double Elapsed, double Processor) Read()
    {
        Stopwatches.Collect();
        (long start, TimeSpan processor) = (Stopwatches.Now, Environment.CpuUsage.TotalTime);
        using DataViewRowCursor cursor = _text.GetRowCursor(_text.Schema);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(_text.Schema[nameof(Row.Features)]);
        ValueGetter<uint> label = cursor.GetGetter<uint>(_text.Schema[nameof(Row.Label)]);
        VBuffer<float> values = default;
        uint index = 0;
        while (cursor.MoveNext())
        {
            features(ref values);
            label(ref index);
        }
        return (Stopwatches.Since(start), (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
    }
}
