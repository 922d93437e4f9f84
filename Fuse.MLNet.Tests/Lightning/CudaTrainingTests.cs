using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains on a GPU.</summary>
[TestClass]
public sealed class CudaTrainingTests : CudaTest
{
    private const int Rows = 75;

    [TestMethod]
    [DataRow("sgd")]
    [DataRow("adam")]
    [DataRow("lbfgs")]
    [DataRow("sam")]
    public void TheWeightsAreTheCpusButForRounding(string optimizer)
    {
        FuseTransformer Fit(FuseDevice device) => Own(Learning.Classify(options: new()
        {
            MaxEpochs = 3,
            BatchSize = 16,
            Device = device,
            ValidationFraction = 0.2,
            GradientClipNorm = 0.5,
            LearningRateScheduler = Schedules.Cosine(),
            Optimizer = optimizer switch
            {
                "sgd" => Optimizers.SGD(0.1, 0.9),
                "adam" => Optimizers.Adam(0.05),
                "lbfgs" => Optimizers.LBFGS(0.1, 4),
                _ => Optimizers.SAM(Optimizers.SGD(0.1)),
            },
        }));
        FuseTransformer host = Fit(FuseDevice.Cpu), device = Fit(FuseDevice.Auto);
        IsOnGpu(device.Network);
        AreNear(host.Network, device.Network, 1e-4);
        Assert.AreEqual(host.BestEpoch, device.BestEpoch);
        foreach (string name in new[] { "train.losses.total_loss", "validation.losses.total_loss" })
            foreach ((double expected, double actual) in host.History[name].Zip(device.History[name]))
                Assert.AreEqual(expected, actual, 1e-4, name);
    }

    [TestMethod]
    [DataRow("dropout")]
    [DataRow("convolution")]
    [DataRow("resnet")]
    [DataRow("unet")]
    [DataRow("transformer")]
    public void TheSameSeedGivesTheSameBits(string network)
    {
        FuseTransformer Fit(int seed)
        {
            var ml = new MLContext(seed);
            FuseTrainer.TrainingOptions options = new() { MaxEpochs = 2, BatchSize = 16, ValidationFraction = 0.2, Optimizer = Optimizers.Adam(0.01) };
            return network switch
            {
                "dropout" => Learning.Classifier(ml, options, Network.Of<DropoutClassifier>()).Fit(Samples.Keyed(ml, Rows)),
                "convolution" => ml.Fuse().Train(Network.Of<TinyConvolution>(), new("Left", [1, 6, 6]), "Label", options: options).Fit(Scan.Rows(ml, Rows)),
                _ => ml.Fuse().Train(Images(network), new("Image", [3, 64, 64]), "Label", options: options).Fit(Noise(ml)),
            };
        }

        FuseTransformer one = Own(Fit(7)), two = Own(Fit(7)), other = Own(Fit(8));
        IsOnGpu(one.Network);
        CollectionAssert.AreEqual(Learning.Weights(one.Network), Learning.Weights(two.Network));
        Assert.AreEqual(one.History, two.History);
        CollectionAssert.AreNotEqual(Learning.Weights(one.Network), Learning.Weights(other.Network));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void AResumedRunEndsWithTheBitsOfTheUninterruptedOne(bool isWithin)
    {
        FuseTransformer whole = Own(Fit(Options("whole")));
        using var cancellation = new CancellationTokenSource();
        FuseTrainer.TrainingOptions interrupted = Options("parts");
        interrupted.CancellationToken = cancellation.Token;
        interrupted.Callbacks.Add(new CancelAt(cancellation.Cancel, step: isWithin ? 9 : -1, epochs: isWithin ? -1 : 2));
        Assert.AreEqual(StopReason.Cancelled, Own(Fit(interrupted)).StopReason);
        FuseTrainer.TrainingOptions resumed = Options("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(resumed, seed: 99));
        IsOnGpu(parts.Network);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(Folder, "whole", "last.ckpt")), File.ReadAllBytes(Path.Combine(Folder, "parts", "last.ckpt")));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ACheckpointGoesOnOnTheOtherDevice(bool isFromGpu)
    {
        // Without dropout, whose numbers differ between devices.
        FuseTrainer.TrainingOptions With(FuseDevice device, int epochs)
        {
            FuseTrainer.TrainingOptions options = Options("run");
            (options.Device, options.MaxEpochs, options.LearningRateScheduler) = (device, epochs, null);
            return options;
        }

        (FuseDevice first, FuseDevice second) = isFromGpu ? (FuseDevice.Cuda(), FuseDevice.Cpu) : (FuseDevice.Cpu, FuseDevice.Cuda());
        FuseTransformer whole = Own(Fit(With(first, 4), network: Network.Of<TinyClassifier>()));
        Own(Fit(With(first, 2), network: Network.Of<TinyClassifier>()));
        FuseTrainer.TrainingOptions rest = With(second, 4);
        rest.ResumeFrom = "last";
        FuseTransformer parts = Own(Fit(rest, network: Network.Of<TinyClassifier>()));
        AreNear(whole.Network, parts.Network, 1e-4);
        Assert.AreEqual(whole.History.Epochs.Count, parts.History.Epochs.Count);
    }

    [TestMethod]
    public void BFloat16LearnsAndRepeats()
    {
        var ml = new MLContext(seed: 1);
        List<ScalarType> types = [];
        FuseTransformer Fit() => Own(Learning.Classify(options: new()
        {
            MaxEpochs = 20,
            BatchSize = 16,
            ValidationFraction = 0.2,
            Precision = Precision.BFloat16,
            Optimizer = Optimizers.Adam(0.05),
            Callbacks = { new LogitsRecorder(types) },
        }, network: Network.Of<DropoutClassifier>()));
        FuseTransformer model = Fit();
        IsOnGpu(model.Network);
        CollectionAssert.AreEqual(Learning.Weights(model.Network), Learning.Weights(Fit().Network));
        Assert.IsTrue(types.TrueForAll(type => type == ScalarType.BFloat16));
        Assert.IsTrue(model.Network.parameters().All(parameter => parameter.dtype == ScalarType.Float32));
        Assert.IsGreaterThan(0.95, ml.MulticlassClassification.Evaluate(model.Transform(Samples.Keyed(ml, 60))).MicroAccuracy);
        using var scope = NewDisposeScope();
        Assert.AreEqual(ScalarType.Float32, Learning.Forward(model.Network, Samples.Blobs(2)).dtype, "Autocast must be off after training.");
    }

    [TestMethod]
    public void TheMovingAverageIsTheCpus()
    {
        FuseTransformer Fit(FuseDevice device) => Own(Learning.Classify(options: new()
        {
            MaxEpochs = 3,
            BatchSize = 16,
            Device = device,
            ValidationFraction = 0.2,
            Optimizer = Optimizers.SGD(0.5),
            Callbacks = { new ExponentialMovingAverage(0.9) { AveragesBuffers = true } },
        }, network: Network.Of<NormalizedConvolution>(true)));
        FuseTransformer host = Fit(FuseDevice.Cpu), device = Fit(FuseDevice.Cuda());
        // Convolutions of a GPU may round to TF32.
        AreNear(host.Network, device.Network, 1e-2);
    }

    [TestMethod]
    public void TooLargeABatchSaysThatMemoryIsShort()
    {
        var ml = new MLContext(seed: 1);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classifier(ml, network: Network.Of<HugeNetwork>()).Fit(Samples.Keyed(ml, 30)).Dispose()).Message;
        Assert.Contains("out of memory", message);
        Assert.Contains("data.input", message);
        // The device goes on after it.
        IsOnGpu(Own(Learning.Classify()).Network);
    }

    [TestMethod]
    public void ManyStepsKeepTheMemoryOfTheGpuFlat()
    {
        List<long> tensors = [];
        Own(Learning.Classify(rows: 400, options: new() { MaxEpochs = 6, BatchSize = 8, ValidationFraction = 0.2, Callbacks = { new LiveCount(tensors) } }, network: Network.Of<DropoutClassifier>()));
        Assert.HasCount(6, tensors);
        Assert.AreEqual(tensors[1], tensors[^1]);
    }

    private FuseTrainer.TrainingOptions Options(string folder) => new()
    {
        MaxEpochs = 4,
        BatchSize = 16,
        Optimizer = Optimizers.Adam(0.02),
        LearningRateScheduler = Schedules.Cosine(),
        ValidationFraction = 0.2,
        ModelDirectory = Path.Combine(Folder, folder),
    };

    private static FuseTransformer Fit(FuseTrainer.TrainingOptions options, int seed = 7, Network? network = null)
    {
        var ml = new MLContext(seed);
        return Learning.Classifier(ml, options, network ?? Network.Of<DropoutClassifier>()).Fit(Samples.Keyed(ml, Rows));
    }

    private static Network Images(string name) => Network.Of(() => name switch
    {
        "resnet" => Classified(new BackboneResnet { Pool = GlobalPooling.Average }, 512),
        "unet" => Classified(new BackboneUnet { InChannels = 3, FirstChannelDim = 4, Levels = 3, NumClasses = 5 }, 5, nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        _ => Classified(BackboneViT.Tiny with { ImageShape = [64, 64], Pool = TokenPooling.Mean }, 192),
    });

    private static TorchSharp.Modules.Sequential Classified(Backbone backbone, int features, params nn.Module<Tensor, Tensor>[] pooling) =>
        nn.Sequential([(nn.Module<Tensor, Tensor>)backbone.Build(), .. pooling, nn.Linear(features, 3)]);

    private static IDataView Noise(MLContext ml)
    {
        var random = new Random(1);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new PictureSample { Image = [.. Enumerable.Range(0, 3 * 64 * 64).Select(_ => random.NextSingle() + i % 3)], Label = (uint)(i % 3) }).ToArray());
    }

    private sealed class LogitsRecorder(List<ScalarType> types) : Callback
    {
        public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch) => types.Add(batch[BatchKeys.Logits].dtype);

        public override void OnValidationBatchEnd(TrainingContext context, BatchDict batch) => types.Add(batch[BatchKeys.Logits].dtype);
    }

    private sealed class LiveCount(List<long> tensors) : Callback
    {
        public override void OnEpochEnd(TrainingContext context) => tensors.Add(LiveTensors());
    }
}
