namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class RowRandomTests : LeakCheckedTest
{
    private const int Many = 20_000;

    public static IEnumerable<object[]> Draws() =>
    [
        ["uniform"],
        ["normal"],
        ["bernoulli"],
        ["normal like"],
    ];

    [TestMethod]
    [DynamicData(nameof(Draws))]
    public void ARowDrawsTheSameInEveryBatch(string draw)
    {
        using var scope = NewDisposeScope();
        long[] rows = [.. Enumerable.Range(0, 40).Select(row => (long)row)];
        Tensor whole = Second(draw, 1, 0, rows);
        Tensor parts = cat([Second(draw, 1, 0, rows[..7]), Second(draw, 1, 0, rows[7..])]);
        Assert.IsTrue(whole.SameAs(parts));
        Assert.IsTrue(whole.flip(0).SameAs(Second(draw, 1, 0, [.. rows.Reverse()])));
        Assert.IsFalse(whole.SameAs(Second(draw, 1, 1, rows)), "another epoch");
        Assert.IsFalse(whole.SameAs(Second(draw, 2, 0, rows)), "another seed");
        Assert.IsFalse(whole.SameAs(Second(draw, 1, 0, [.. rows.Select(row => row + 100)])), "other rows");
        Assert.IsFalse(whole.SameAs(Draw(draw, new RowRandom(1, 0, rows))), "another draw");
    }

    [TestMethod]
    public void NumbersHaveTheirDistribution()
    {
        using var scope = NewDisposeScope();
        var random = new RowRandom(5, 0, [.. Enumerable.Range(0, Many).Select(row => (long)row)]);
        Assert.AreEqual(Many, random.RowCount);
        // Bounds are five standard errors of each moment.
        double[] uniform = Numbers(random.Uniform(-1, 3));
        Assert.AreEqual(1, uniform.Average(), 5 * (4 / Math.Sqrt(12)) / Math.Sqrt(Many));
        Assert.AreEqual(16 / 12.0, Variance(uniform), 5 * 16 * Math.Sqrt(1 / 180.0) / Math.Sqrt(Many));
        Assert.IsTrue(uniform.All(value => value is >= -1 and <= 3));
        for (int bin = 0; bin < 10; bin++)
            Assert.AreEqual(Many / 10.0, uniform.Count(value => Math.Floor((value + 1) / 0.4) == bin), 5 * Math.Sqrt(Many * 0.09), $"bin {bin}");
        foreach (double[] normal in new[] { Numbers(random.Normal(2, 3)), [.. Numbers(random.NormalLike(zeros(Many, 1))).Select(value => 2 + (3 * value))] })
        {
            Assert.AreEqual(2, normal.Average(), 5 * 3 / Math.Sqrt(Many));
            Assert.AreEqual(9, Variance(normal), 5 * 9 * Math.Sqrt(2.0 / Many));
            // 68.27 % of a normal distribution lie within a standard deviation.
            Assert.AreEqual(0.6827, normal.Count(value => Math.Abs(value - 2) < 3) / (double)Many, 5 * Math.Sqrt(0.6827 * 0.3173 / Many));
        }
        Assert.AreEqual(0.3, Numbers(random.Bernoulli(0.3)).Average(), 5 * Math.Sqrt(0.21 / Many));
        Assert.AreEqual(0, Numbers(random.Bernoulli(0)).Sum());
        Assert.AreEqual(Many, Numbers(random.Bernoulli(1)).Sum());
    }

    [TestMethod]
    public void TypesAndShapesAreThoseThatAreSaid()
    {
        using var scope = NewDisposeScope();
        var random = new RowRandom(1, 0, [3, 4]);
        foreach (Tensor rows in new[] { random.Uniform(), random.Normal() })
        {
            Assert.AreEqual(ScalarType.Float32, rows.dtype);
            CollectionAssert.AreEqual(new long[] { 2 }, rows.shape);
        }
        Assert.AreEqual(ScalarType.Bool, random.Bernoulli().dtype);
        Tensor like = random.NormalLike(zeros(2, 3, 4, dtype: ScalarType.Float64));
        Assert.AreEqual(ScalarType.Float64, like.dtype);
        CollectionAssert.AreEqual(new long[] { 2, 3, 4 }, like.shape);
        Assert.ThrowsExactly<ArgumentException>(() => random.NormalLike(zeros(3, 4)));
        Assert.ThrowsExactly<ArgumentException>(() => random.NormalLike(zeros(2, 4, dtype: ScalarType.Int64)));
    }

    [TestMethod]
    public void TheProcesssRandomStateIsLeftAlone()
    {
        using var scope = NewDisposeScope();
        Tensor before = torch.random.get_rng_state();
        new RowRandom(1, 0, [3, 4]).NormalLike(zeros(2, 30));
        Assert.IsTrue(before.SameAs(torch.random.get_rng_state()));
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(double.NaN, 1)]
    [DataRow(0, double.PositiveInfinity)]
    public void ARangeGoesUpwards(double low, double high) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ = (RandomRange)(low, high));

    // Not the first draw, so that numbers of earlier draws count.
    private static Tensor Second(string draw, long seed, int epoch, long[] rows)
    {
        var random = new RowRandom(seed, epoch, rows);
        random.Uniform();
        return Draw(draw, random);
    }

    private static Tensor Draw(string draw, RowRandom random) => draw switch
    {
        "uniform" => random.Uniform(-1, 1),
        "normal" => random.Normal(),
        "bernoulli" => random.Bernoulli(),
        _ => random.NormalLike(zeros(random.RowCount, 3, 7)),
    };

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).flatten().data<double>().ToArray();

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Average(value => (value - mean) * (value - mean));
    }
}
