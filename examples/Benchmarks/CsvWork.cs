using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is training from a text file whose rows do not fit the memory for them, beside reading alone and training alone.</summary>
internal sealed class CsvWork : IDisposable
{
    private const int Epochs = 1;
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

    /// <summary>Times training an MLP 784-128-10 from the file, and the least time that it could take: the longest of reading alone, training alone, and the processor time of both on all cores.</summary>
    /// <param name="work">The name of the line.</param>
    /// <param name="peer">The name of what it is compared with.</param>
    /// <param name="bar">The largest ratio that is aimed at.</param>
    /// <param name="runs">The number of timed runs.</param>
    /// <param name="threads">The number of libtorch's threads, for all sides.</param>
    public Measured Measure(string work, string peer, double bar, int runs, int threads)
    {
        int before = torch.get_num_threads();
        torch.set_num_threads(threads);
        var ours = new List<double>();
        var floors = new List<double>();
        for (int run = -1; run < runs; run++)
        {
            (double whole, _) = Time(() => StreamedFit.Run(_text, _rows * StreamedFit.Width * sizeof(float) / BudgetPart, epochs: Epochs));
            (double reading, double readingProcessor) = Time(Read);
            (double training, double trainingProcessor) = Time(() => StreamedFit.Run(_inMemory, null, epochs: Epochs));
            // The first one warms up.
            if (run < 0)
                continue;
            ours.Add(whole);
            floors.Add(Math.Max(Math.Max(reading, training), (readingProcessor + trainingProcessor) / Environment.ProcessorCount));
        }
        torch.set_num_threads(before);
        return new(work, peer, Stopwatches.Median(ours) / Stopwatches.Median(floors), bar, runs, Stopwatches.Median(ours));
    }

    public void Dispose() => File.Delete(_path);

    private void Read()
    {
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
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
        }
    }

    private static (double Elapsed, double Processor) Time(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
    }
}
