namespace Fuse.MLNet.Tests;

/// <summary>Is the base of the metrics' tests: they compute on one thread, in one dispose scope.</summary>
public abstract class MetricTest : LeakCheckedTest
{
    private DisposeScope? _scope;
    private int _threads;

    [TestInitialize]
    public void OpenScope()
    {
        _threads = get_num_threads();
        set_num_threads(1);
        _scope = NewDisposeScope();
    }

    [TestCleanup]
    public void CloseScope()
    {
        _scope?.Dispose();
        set_num_threads(_threads);
    }

    /// <summary>Makes a batch of a prediction <c>p</c> and a target <c>t</c>.</summary>
    protected static BatchDict Batch(Tensor pred, Tensor target, params (string Key, Tensor Value)[] others)
    {
        var batch = new BatchDict { RowCount = (int)pred.shape[0], ["p"] = pred, ["t"] = target };
        foreach ((string key, Tensor value) in others)
            batch[key] = value;
        return batch;
    }

    /// <summary>Computes a metric over a batch, given in two parts where it has rows enough.</summary>
    protected static MetricResult Compute(MetricBase metric, BatchDict batch)
    {
        if (batch.RowCount < 3)
            return metric.Compute([batch]);
        long first = batch.RowCount / 3;
        return metric.Compute([batch.SelectRows(arange(first, dtype: ScalarType.Int64)), batch.SelectRows(arange(first, batch.RowCount, dtype: ScalarType.Int64))]);
    }

    /// <summary>Computes the one value of a metric over a prediction and a target.</summary>
    protected static double Value(MetricBase metric, Tensor pred, Tensor target) => Compute(metric, Batch(pred, target)).Value;

    protected static void AreClose(double expected, double actual, string what = "", double tolerance = 1e-6)
    {
        if (double.IsNaN(expected))
            Assert.IsTrue(double.IsNaN(actual), $"{what} is {actual}, not NaN");
        else
            Assert.AreEqual(expected, actual, tolerance, what);
    }

    /// <summary>Checks names, their order and values.</summary>
    protected static void AreNamed(MetricResult result, params (string Name, double Value)[] expected)
    {
        CollectionAssert.AreEqual(expected.Select(value => value.Name).ToArray(), result.Values.Select(value => value.Name).ToArray());
        foreach ((string name, double value) in expected)
            AreClose(value, result[name], name);
    }

    /// <summary>Reads numbers apart by blanks, such as <c>0.5 NaN -100</c>.</summary>
    protected static double[] Numbers(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Makes a Float32 tensor of numbers.</summary>
    protected static Tensor Floats(string text, params long[] shape) =>
        tensor(Numbers(text), ScalarType.Float32).reshape(shape.Length == 0 ? [-1] : shape);

    /// <summary>Makes an Int64 tensor of numbers.</summary>
    protected static Tensor Longs(string text, params long[] shape) =>
        tensor(Numbers(text), ScalarType.Int64).reshape(shape.Length == 0 ? [-1] : shape);
}
