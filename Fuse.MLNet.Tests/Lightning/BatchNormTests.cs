using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains batch normalization on numbers of rows that leave a last batch of one.</summary>
[TestClass]
public sealed class BatchNormTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(65, 32, "32 33")]
    [DataRow(33, 32, "33")]
    [DataRow(7, 3, "3 4")]
    [DataRow(66, 32, "32 32 2")]
    [DataRow(64, 32, "32 32")]
    [DataRow(31, 32, "31")]
    public void ALastBatchOfOneRowJoinsTheOneBeforeIt(int rows, int batchSize, string sizes)
    {
        var recorder = new SizeRecorder();
        FuseTransformer transformer = Own(Fit(rows, new() { MaxEpochs = 2, BatchSize = batchSize, Callbacks = { recorder } }));
        Assert.AreEqual($"{sizes} {sizes}", string.Join(' ', recorder.Sizes));
        using var scope = NewDisposeScope();
        foreach ((string name, Tensor value) in transformer.Network.state_dict())
            Assert.IsTrue(!value.is_floating_point() || value.isfinite().all().ToBoolean(), name);
        Assert.IsTrue(Learning.Scores(transformer.Transform(Samples.Keyed(new MLContext(seed: 1), rows))).SelectMany(row => row).All(float.IsFinite));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow(1L)]
    public void ASingleTrainingRowIsAnErrorThatNamesTheBuffer(long? maxSteps)
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Own(Fit(1, new() { MaxEpochs = 3, MaxSteps = maxSteps })));
        Assert.Contains("running_var", error.Message);
    }

    [TestMethod]
    public void ABufferThatIsInfiniteFromTheStartIsNoDivergence()
    {
        FuseTransformer transformer = Own(Learning.Classify(network: Network.Of<Masked>(), options: new() { MaxEpochs = 2, BatchSize = 16 }));
        Assert.AreEqual(StopReason.Completed, transformer.StopReason);
    }

    [TestMethod]
    public void ARunThatEndedWithAJoinedBatchResumesAfterIt()
    {
        FuseTrainer.TrainingOptions Options(string folder) => new() { MaxEpochs = 2, BatchSize = 32, ModelDirectory = Path.Combine(Folder, folder) };
        FuseTransformer whole = Own(Fit(65, Options("whole")));

        using var source = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Options("parts");
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, step: 2));
        Assert.AreEqual(StopReason.Cancelled, Own(Fit(65, interrupted)).StopReason);

        FuseTrainer.TrainingOptions resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(65, resumed));
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void ABatchOfAnySizeIsTheWholeOfTheRows()
    {
        var recorder = new SizeRecorder();
        FuseTransformer largest = Own(Fit(65, new() { MaxEpochs = 2, BatchSize = int.MaxValue, Callbacks = { recorder } }));
        CollectionAssert.AreEqual(new[] { 65, 65 }, recorder.Sizes);
        FuseTransformer whole = Own(Fit(65, new() { MaxEpochs = 2, BatchSize = 65 }));
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(largest.Network));
        IDataView view = Samples.Keyed(new MLContext(seed: 1), 65);
        Learning.AreEqual(Learning.Scores(whole.Transform(view)), Learning.Scores(largest.Transform(view)), 1e-6f);
    }

    private static FuseTransformer Fit(int rows, FuseTrainer.TrainingOptions options)
    {
        var ml = new MLContext(seed: 1);
        Sample[] samples = Samples.Blobs(Math.Max(rows, 3));
        // The keys are mapped over three rows at least, so that there are three classes also for one training row.
        IDataView view = Samples.Keyed(ml, samples);
        return Learning.Classifier(ml, options, Network.Of<Normalized>()).Fit(ml.Data.TakeRows(view, rows));
    }

    public sealed class Normalized : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.BatchNorm1d _normalization = nn.BatchNorm1d(2);
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public Normalized()
            : base(nameof(Normalized)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _linear.call(_normalization.call(input));
    }

    /// <summary>Holds a mask as attention does: minus infinity where nothing may be seen.</summary>
    public sealed class Masked : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

        public Masked()
            : base(nameof(Masked))
        {
            RegisterComponents();
            register_buffer("mask", tensor(new[] { 0, float.NegativeInfinity }));
        }

        public override Tensor forward(Tensor input) => _linear.call(input * nn.functional.softmax(get_buffer("mask"), 0));
    }

    private sealed class SizeRecorder : Callback
    {
        public List<int> Sizes { get; } = [];

        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => Sizes.Add(batch.RowCount);
    }
}
