using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains networks that fail only in one mode.</summary>
[TestClass]
public sealed class TrainingErrorTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(0, "epoch 1, step 0")]
    [DataRow(2, "epoch 1, step 2")]
    [DataRow(3, "epoch 2, step 3")]
    public void ANetworkThatFailsInTrainingNamesEpochAndStep(int step, string where)
    {
        FailsInTraining.Left = step;
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Network.Of<FailsInTraining>()));
        string[] lines = error.Message.Split('\n');
        Assert.StartsWith($"The training step failed in {where}: ", lines[0]);
        Assert.Contains("shape", lines[0]);
        Assert.Contains("The batch holds:", lines[1]);
        Assert.Contains("data.input: Float32 [", error.Message);
        Assert.DoesNotContain("frame #", error.Message);
        Assert.DoesNotContain("Exception raised from", error.Message);
        Assert.IsNotNull(error.InnerException);
    }

    [TestMethod]
    public void ANetworkThatFailsInScoringIsNamedBeforeTraining() => Assert.StartsWith("The network failed on the first batch, before training: ",
        Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Network.Of<FailsInScoring>())).Message);

    private FuseTransformer Fit(Network network) => Learning.Classifier(_ml, new() { MaxEpochs = 2, BatchSize = 16 }, network).Fit(Samples.Keyed(_ml, 48));

    /// <summary>Is a linear layer that fails after some training steps.</summary>
    public sealed class FailsInTraining : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public FailsInTraining()
            : base(nameof(FailsInTraining)) => RegisterComponents();

        public static int Left { get; set; }

        public override Tensor forward(Tensor input) => _linear.call(training && Left-- == 0 ? input.reshape(7, 7) : input);
    }

    public sealed class FailsInScoring : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public FailsInScoring()
            : base(nameof(FailsInScoring)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _linear.call(training ? input : input.reshape(7, 7));
    }
}
