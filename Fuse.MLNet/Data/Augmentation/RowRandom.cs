namespace Fuse.MLNet;

/// <summary>Draws random numbers for the rows of a batch: a row gets the same ones in every batch that it may be part of.</summary>
/// <remarks>
/// A number is a function of (seed, epoch, row) and of how many draws of this object came before, so a transform must make the same draws in the
/// same order for every batch. They are drawn on the host, alike for every device.
/// </remarks>
public sealed class RowRandom
{
    private readonly long[] _rows;
    private readonly Device _device;
    private long _draws;

    /// <summary>Starts the draws of a batch; training does this, tests of a transform may.</summary>
    /// <param name="seed">The seed, in training <see cref="TrainingSeeds.ForTransform"/>.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="rows">A number for each row of the batch, such as its index in the data.</param>
    /// <param name="device">The device of the tensors. Default: the CPU.</param>
    public RowRandom(long seed, int epoch, ReadOnlySpan<long> rows, Device? device = null)
    {
        _rows = rows.ToArray();
        _device = device ?? CPU;
        long source = (long)StableHash.Mix(seed, epoch);
        for (int i = 0; i < _rows.Length; i++)
            _rows[i] = (long)StableHash.Mix(source, _rows[i]);
    }

    /// <summary>Gets the number of rows.</summary>
    public int RowCount => _rows.Length;

    /// <summary>Draws a number a row, uniformly: Float32 <c>[N]</c>.</summary>
    /// <param name="low">The smallest number. Default: 0.</param>
    /// <param name="high">The bound above. Default: 1.</param>
    public Tensor Uniform(double low = 0, double high = 1) => ToTensor(Draw(low, high));

    /// <summary>Draws a number a row from a normal distribution (Box and Muller 1958): Float32 <c>[N]</c>.</summary>
    /// <param name="mean">The mean. Default: 0.</param>
    /// <param name="standardDeviation">The standard deviation. Default: 1.</param>
    public Tensor Normal(double mean = 0, double standardDeviation = 1)
    {
        double[] lengths = Draw();
        return ToTensor([.. Draw().Zip(lengths, (turn, length) => mean + (standardDeviation * Math.Sqrt(-2 * Math.Log(1 - length)) * Math.Cos(2 * Math.PI * turn)))]);
    }

    /// <summary>Draws true or false a row: Bool <c>[N]</c>.</summary>
    /// <param name="probability">The probability of true, from 0 to 1. Default: 0.5.</param>
    public Tensor Bernoulli(double probability = 0.5) => tensor(Draw().Select(draw => draw < probability).ToArray(), device: _device);

    /// <summary>Draws a number an element from the standard normal distribution, for a tensor <c>[N, ...]</c>: its shape and type.</summary>
    /// <param name="values">A floating-point tensor with the batch's rows.</param>
    /// <exception cref="ArgumentException">It has another number of rows, or is not floating-point.</exception>
    public Tensor NormalLike(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!values.is_floating_point() || values.dim() == 0 || values.shape[0] != RowCount)
            throw new ArgumentException($"A floating-point tensor of {RowCount} rows is expected, not {values.dtype} [{string.Join(", ", values.shape)}].", nameof(values));
        using var scope = NewDisposeScope();
        Tensor numbers = empty(values.shape, ScalarType.Float32, CPU);
        for (int i = 0; i < _rows.Length; i++)
        {
            using var generator = new Generator(StableHash.Mix(_rows[i], _draws), CPU);
            numbers[i].normal_(0, 1, generator);
        }
        _draws++;
        return scope.MoveToOuter(numbers.to(values.dtype).to(values.device));
    }

    /// <summary>Draws a number a row, uniformly, on the host.</summary>
    internal double[] Draw(double low = 0, double high = 1)
    {
        double[] numbers = [.. _rows.Select(row => low + ((high - low) * StableHash.Uniform(row, _draws)))];
        _draws++;
        return numbers;
    }

    /// <summary>Draws a number a row from a range, on the host.</summary>
    internal double[] Draw(RandomRange range) => Draw(range.Low, range.High);

    private Tensor ToTensor(double[] numbers) => tensor(numbers.Select(number => (float)number).ToArray(), device: _device);
}
