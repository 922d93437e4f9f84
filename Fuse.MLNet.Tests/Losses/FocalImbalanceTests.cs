namespace Fuse.MLNet.Tests;

/// <summary>Compares focal loss with cross-entropy where positives are one in a hundred.</summary>
[TestClass]
public sealed class FocalImbalanceTests : LossTest
{
    private const double Precision = 0.9;
    private const int BatchSize = 256;

    // What is compared: the same network (2-16-1), the same 20,000 points, batches, start and 1,000 Adam steps at 1e-2, once with binary cross-entropy, once
    // with focal loss of alpha 0.75 and gamma 2; the largest recall at a precision of at least 0.9 on 50,000 new points, mean over seeds 1 to 4.
    // Positives (1 %) lie on a ring of radius 1, hard negatives (5 %) on one of 1.6, the rest on one of 3: focal loss helps where many easy negatives
    // drown a few hard ones in a short training. After 2,000 steps both are within 0.01, and alpha 0.25 does not help here.
    // Measured: cross-entropy 0.743, focal 0.778, and more with each of the four seeds.
    [TestMethod]
    public void FocalFindsMorePositivesAtEqualPrecision()
    {
        double crossEntropy = 0;
        double focal = 0;
        for (int seed = 1; seed <= 4; seed++)
        {
            crossEntropy += Recall(new LossBinaryCrossEntropy(), seed) / 4;
            focal += Recall(new FocalLoss { Alpha = 0.75, Gamma = 2 }, seed) / 4;
        }
        Assert.IsTrue(focal > crossEntropy + 0.01, $"recall at precision {Precision}: focal {focal:0.000}, cross-entropy {crossEntropy:0.000}");
    }

    private static double Recall(LossBase loss, int seed)
    {
        using var scope = NewDisposeScope();
        (Tensor points, Tensor targets) = Rings(20_000, seed);
        (Tensor newPoints, Tensor newTargets) = Rings(50_000, seed + 1000);
        random.manual_seed(seed);
        using nn.Module<Tensor, Tensor> network = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1));
        using optim.Optimizer optimizer = optim.Adam(network.parameters(), 1e-2);
        using var module = new LossModule("loss", loss);
        for (int step = 0; step < 1000; step++)
        {
            using var stepScope = NewDisposeScope();
            Tensor rows = randint(0, points.shape[0], [BatchSize]);
            var batch = new BatchDict
            {
                RowCount = BatchSize,
                [BatchKeys.Logits] = network.call(points.index_select(0, rows)).squeeze(1),
                [BatchKeys.Label] = targets.index_select(0, rows),
            };
            optimizer.zero_grad();
            module.Forward(batch).Value.backward();
            optimizer.step();
        }
        using var noGrad = no_grad();
        return RecallAtPrecision(network.call(newPoints).squeeze(1).data<float>().ToArray(), newTargets.data<float>().ToArray());
    }

    private static (Tensor Points, Tensor Targets) Rings(int count, int seed)
    {
        random.manual_seed(seed);
        Tensor kind = rand(count);
        Tensor positive = kind.lt(0.01).to(ScalarType.Float32);
        Tensor hard = kind.ge(0.01).logical_and(kind.lt(0.06)).to(ScalarType.Float32);
        Tensor angle = rand(count) * (2 * Math.PI);
        Tensor radius = 3 - (2 * positive) - (1.4 * hard) + (0.2 * randn(count));
        return (stack([radius * angle.cos(), radius * angle.sin()], 1), positive);
    }

    private static double RecallAtPrecision(float[] scores, float[] targets)
    {
        double found = 0;
        double recall = 0;
        int taken = 0;
        foreach (int index in Enumerable.Range(0, scores.Length).OrderByDescending(index => scores[index]))
        {
            found += targets[index];
            if (found / ++taken >= Precision)
                recall = found;
        }
        return recall / targets.Sum();
    }
}
