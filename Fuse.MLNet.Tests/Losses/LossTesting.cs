namespace Fuse.MLNet.Tests;

/// <summary>Computes losses as a run does, and compares tensors.</summary>
internal static class LossTesting
{
    public static LossValue Loss(LossBase loss, BatchDict batch)
    {
        using var module = new LossModule("tested", loss);
        return module.Forward(batch);
    }

    public static Tensor Value(LossBase loss, BatchDict batch) => Loss(loss, batch).Value;

    public static void AreClose(Tensor expected, Tensor actual, double tolerance, string what)
    {
        CollectionAssert.AreEqual(expected.shape, actual.shape, $"shape of the {what}");
        using Tensor wanted = expected.detach().to(ScalarType.Float64);
        using Tensor got = actual.detach().to(ScalarType.Float64);
        using Tensor error = (got - wanted).abs() / wanted.abs().clamp_min(1);
        double worst = error.numel() == 0 ? 0 : error.max().ToDouble();
        Assert.IsTrue(worst <= tolerance, $"the {what} differs by {worst:g3}");
    }
}
