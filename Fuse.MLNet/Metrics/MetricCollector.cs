namespace Fuse.MLNet;

/// <summary>Collects the rows of one metric in one pass, on the host, and computes it.</summary>
/// <param name="name">The metric's name in the dictionary of the run.</param>
/// <param name="metric">The metric.</param>
internal sealed class MetricCollector(string name, MetricBase metric)
{
    private double[] _values = [];
    private int _count;
    private int _width = -1;

    /// <summary>Gets the metric's name.</summary>
    public string Name => name;

    /// <summary>Gets the number of rows collected.</summary>
    public int Count => _count;

    /// <summary>Takes the rows of a batch. What the metric writes into the batch lives on in the caller's dispose scope.</summary>
    /// <exception cref="InvalidOperationException">The metric failed; the message names it, and the keys and shapes of the batch.</exception>
    public void Add(BatchDict batch)
    {
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        try
        {
            Append(metric.Collect(batch, name));
        }
        catch (Exception error) when (IsOfTheMetric(error))
        {
            throw Failed($"{NativeErrors.FirstLine(error)}{Environment.NewLine}The batch holds:{Environment.NewLine}{batch}", error);
        }
        KeepWritten(batch, scope);
    }

    /// <summary>Computes the metric over the rows so far.</summary>
    /// <returns>The values in order: the part of the logged name behind the metric's name, without a dot; empty for a metric of one value.</returns>
    /// <exception cref="InvalidOperationException">The metric failed; the message names it and the shape of its rows.</exception>
    public IReadOnlyList<(string Suffix, double Value)> Compute() => [.. Evaluate().Values.Select(value => (value.Name, value.Value))];

    /// <summary>Computes the metric's result over the rows so far.</summary>
    /// <exception cref="InvalidOperationException">The metric failed; the message names it and the shape of its rows.</exception>
    public MetricResult Evaluate() => Evaluate(new MetricRows(_values, _count, Math.Max(0, _width)));

    private MetricResult Evaluate(MetricRows rows)
    {
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        try
        {
            return metric.Evaluate(rows)
                ?? throw new InvalidOperationException($"{nameof(MetricBase.Evaluate)} returned null; " +
                    $"return a number, {nameof(MetricResult)}.{nameof(MetricResult.Named)} or {nameof(MetricResult.None)}");
        }
        catch (Exception error) when (IsOfTheMetric(error))
        {
            throw Failed($"{NativeErrors.FirstLine(error)} It had collected [{rows.Count}, {rows.Width}].", error);
        }
    }

    /// <summary>Computes the metric over one row alone.</summary>
    /// <exception cref="InvalidOperationException">The metric failed.</exception>
    public MetricResult Evaluate(int row) => Evaluate(new MetricRows(_values, _count, Math.Max(0, _width)).Select([row]));

    /// <summary>Forgets the rows; the memory stays for the next pass.</summary>
    public void Reset() => (_count, _width) = (0, -1);

    /// <summary>Copies the rows into a Float64 tensor <c>[rows, K]</c> for a checkpoint.</summary>
    public Tensor Save() => tensor(_values.AsSpan(0, _count * Math.Max(0, _width)).ToArray(), [_count, Math.Max(0, _width)], ScalarType.Float64);

    /// <summary>Copies the collector, with its rows.</summary>
    public MetricCollector Copy()
    {
        using DisposeScope scope = NewDisposeScope();
        var copy = new MetricCollector(name, metric);
        copy.Add(Save());
        return copy;
    }

    /// <summary>Takes over the rows that <see cref="Save"/> gave.</summary>
    public void Restore(Tensor rows)
    {
        Reset();
        Add(rows);
    }

    /// <summary>Takes rows that <see cref="Save"/> gave in another process, behind its own.</summary>
    public void Add(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        if (rows.shape[0] > 0)
            Append(rows);
    }

    private void Append(Tensor rows)
    {
        if (rows is null || rows.dim() is not (1 or 2) || rows.is_complex())
            throw new ArgumentException($"it must collect a tensor [N, K] of real numbers; it gave {(rows is null ? "null" : $"{rows.dtype} {ShapeText.Of(rows)}")}");
        (int count, int width) = ((int)rows.shape[0], rows.dim() == 1 ? 1 : (int)rows.shape[1]);
        if (_width >= 0 && width != _width)
            throw new ArgumentException($"it collected {width} values a row in this batch and {_width} in those before; every batch must give the same number");
        _width = width;
        EnsureRoom((_count + (long)count) * width);
        if (count * width > 0)
        {
            // Not every device knows Float64, so the host converts.
            using Tensor host = rows.detach().cpu().to(ScalarType.Float64).contiguous();
            host.data<double>().CopyTo(_values.AsSpan(_count * width, count * width));
        }
        _count += count;
    }

    private void EnsureRoom(long length)
    {
        if (length > Array.MaxLength)
            throw new InvalidOperationException($"it would hold {length} numbers, more than fit into one table; collect fewer values a row");
        if (length > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * _values.Length)));
    }

    // A look at the written values is no reading of them.
    private static void KeepWritten(BatchDict batch, DisposeScope scope)
    {
        ISet<string>? readKeys = batch.ReadKeys;
        batch.ReadKeys = null;
        foreach ((_, object value) in batch)
            if (value is Tensor written && scope.Contains(written))
                written.MoveToOuterDisposeScope();
        batch.ReadKeys = readKeys;
    }

    private static bool IsOfTheMetric(Exception error) => !MLNetErrors.IsMarked(error) && error is not (OperationCanceledException or OutOfMemoryException);

    private InvalidOperationException Failed(string why, Exception error) =>
        MLNetErrors.Mark(new InvalidOperationException($"The metric '{name}' ({metric.GetType().Name}) failed: {why}", error));
}
