using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Trains with transforms, and watches which batches they change.</summary>
[TestClass]
public sealed class AugmentTests : LeakCheckedTest
{
    private const string Id = "data.id";
    private const string Image = "data.image";
    private const string Mask = "data.mask";
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("flip")]
    [DataRow("affine")]
    [DataRow("crop")]
    [DataRow("noise")]
    [DataRow("intensity")]
    [DataRow("own")]
    [DataRow("all")]
    public void ARowIsChangedAlikeInBatchesOfAnySize(string name)
    {
        Dictionary<int, string>[] small = Seen(new() { BatchSize = 3, MaxEpochs = 2 }, Transforms(name));
        Dictionary<int, string>[] large = Seen(new() { BatchSize = 8, MaxEpochs = 2 }, Transforms(name));
        Dictionary<int, string>[] plain = Seen(new() { BatchSize = 8, MaxEpochs = 2 }, []);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.HasCount(20, small[epoch]);
            foreach ((int id, string image) in small[epoch])
                Assert.AreEqual(image, large[epoch][id], $"row {id}");
            Assert.IsGreaterThan(5, Differing(plain[epoch], small[epoch]));
        }
        Assert.IsGreaterThan(5, Differing(small[0], small[1]), "Each epoch draws anew.");
        Assert.IsGreaterThan(5, Differing(small[0], Seen(new() { BatchSize = 3 }, Transforms(name), seed: 2)[0]), "Each seed draws anew.");
    }

    [TestMethod]
    public void ImageAndMaskStayTogetherThroughAllTransforms()
    {
        // Image and mask hold the same small numbers; nearest and linear interpolation agree on whole pixels.
        var recorder = new BatchRecorder(Image, Mask);
        FuseTrainer.Options options = Options(new() { BatchSize = 4 },
        [
            new RandomFlip { Images = [Image], Masks = [Mask], Axes = [-1, -2] },
            new RandomAffine { Images = [Image], Masks = [Mask], Rotation = (90, 90), Probability = 0.5 },
            new RandomCrop { Images = [Image], Masks = [Mask], Size = [6, 6], Padding = 2 },
        ]);
        options.Callbacks.Add(recorder);
        Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        for (int batch = 0; batch < recorder[Image].Count; batch++)
            for (int i = 0; i < recorder[Image][batch].Length; i++)
                Assert.AreEqual(recorder[Mask][batch][i], recorder[Image][batch][i], 1e-4);
    }

    [TestMethod]
    public void ValidationAndScoringSeeTheRowsAsTheyAre()
    {
        RecordingNetwork.Inputs.Clear();
        Row[] rows = Rows();
        FuseTrainer.Options options = Options(new() { BatchSize = 4 }, Transforms("all"));
        options.Outputs["Score"] = new("model.logits.head_0");
        FuseTransformer transformer = Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(rows.Take(12)), _ml.Data.LoadFromEnumerable(rows.Skip(12))));
        double[] validated = [.. RecordingNetwork.Inputs.Skip(1).Where(input => !input.IsTraining).SelectMany(input => input.Values)];
        CollectionAssert.AreEqual(rows.Skip(12).SelectMany(row => row.Image).Select(value => (double)value).ToArray(), validated);
        RecordingNetwork.Inputs.Clear();
        _ = transformer.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float[]>("Score").ToArray();
        CollectionAssert.AreEqual(rows.SelectMany(row => row.Image).Select(value => (double)value).ToArray(), RecordingNetwork.Inputs.SelectMany(input => input.Values).ToArray());
    }

    [TestMethod]
    public void ATransformSeesTheNormalizedTensor()
    {
        Row[] rows = Rows();
        FuseTrainer.Options options = Options(new() { BatchSize = 20, MaxEpochs = 1 }, [new AddOne { Key = Image }]);
        options.Columns[Image] = new("Image", [1, 6, 6]) { Mean = [10], StandardDeviation = [4] };
        var recorder = new BatchRecorder(Id, Image);
        options.Callbacks.Add(recorder);
        Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(rows)));
        for (int i = 0; i < 20; i++)
            Assert.AreEqual(((rows[(int)recorder[Id][0][i]].Image[0] - 10) / 4) + 1, recorder[Image][0][i * 36], 1e-6);
    }

    [TestMethod]
    public void TransformsRunInTheirOrder()
    {
        var recorder = new BatchRecorder(Id, "data.target");
        FuseTrainer.Options options = Options(new() { BatchSize = 20 }, [new AddOne { Key = "data.target" }, new Double { Key = "data.target" }]);
        options.Callbacks.Add(recorder);
        Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        CollectionAssert.AreEqual(recorder[Id][0].Select(id => (id + 1) * 2).ToArray(), recorder["data.target"][0]);
    }

    [TestMethod]
    public void AnIndependentLoopCanRepeatTheDraws()
    {
        FuseTrainer.Options options = Options(new() { BatchSize = 6, MaxEpochs = 2, ValidationFraction = 0.3 }, [new AddOne { Key = Image }, new Shift { Key = Image }]);
        var recorder = new BatchRecorder(Id, Image);
        options.Callbacks.Add(recorder);
        FuseTransformer transformer = Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        int perEpoch = recorder[Id].Count / 2;
        for (int batch = 0; batch < recorder[Id].Count; batch++)
        {
            using var scope = NewDisposeScope();
            long[] rows = [.. recorder[Id][batch].Select(id => (long)id)];
            float[] shifts = new RowRandom(TrainingSeeds.ForTransform(transformer.Seed, 1), batch / perEpoch, rows).Normal(0, 3).data<float>().ToArray();
            for (int i = 0; i < rows.Length; i++)
                Assert.AreEqual(Rows()[rows[i]].Image[0] + 1 + shifts[i], recorder[Image][batch][i * 36], 1e-5);
        }
    }

    [TestMethod]
    public void ARowThatASamplerRepeatsIsDrawnAnew()
    {
        Dictionary<int, List<string>> seen = [];
        FuseTrainer.Options options = Options(new() { BatchSize = 6, Sampler = new() { BalancedClassKey = "data.class" } }, [new GaussianNoise { Images = [Image] }]);
        options.Columns["data.class"] = new("Class");
        var recorder = new BatchRecorder(Id, Image);
        options.Callbacks.Add(recorder);
        Own(_ml.Fuse().Train(options).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        foreach ((double[] ids, double[] images) in recorder[Id].Zip(recorder[Image]))
            for (int i = 0; i < ids.Length; i++)
                (seen.TryGetValue((int)ids[i], out List<string>? list) ? list : seen[(int)ids[i]] = []).Add(Text(images, i));
        // Class 1 has 2 of the 20 rows; 18 rows at 3 a batch make 6 batches.
        Assert.HasCount(9, seen[18]);
        CollectionAssert.AllItemsAreUnique(seen[18]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ARunResumedWithinAnEpochIsTheWholeOne(bool balanced)
    {
        FuseTrainer.Options Run(string folder)
        {
            FuseTrainer.Options options = Options(new() { BatchSize = 6, MaxEpochs = 3 }, Transforms("all"));
            options.ModelDirectory = Path.Combine(Folder, folder);
            options.Optimizer = Optimizers.Adam(1e-3);
            options.Columns["data.class"] = new("Class");
            options.Sampler = balanced ? new() { BalancedClassKey = "data.class" } : null;
            return options;
        }

        FuseTransformer Fit(FuseTrainer.Options options, int seed = 1)
        {
            var ml = new MLContext(seed);
            return Own(ml.Fuse().Train(options).Fit(ml.Data.LoadFromEnumerable(Rows())));
        }

        FuseTransformer whole = Fit(Run("whole"));
        using var source = new CancellationTokenSource();
        FuseTrainer.Options interrupted = Run("parts");
        interrupted.CancellationToken = source.Token;
        interrupted.Callbacks.Add(new CancelAt(source.Cancel, step: 6));
        Assert.AreEqual(StopReason.Cancelled, Fit(interrupted).StopReason);
        FuseTrainer.Options resumed = Run("parts");
        resumed.ResumeFrom = "last";
        FuseTransformer parts = Fit(resumed, seed: 9);
        Assert.AreEqual(whole.History, parts.History);
        CollectionAssert.AreEqual(Learning.Weights(whole.Network), Learning.Weights(parts.Network));
    }

    [TestMethod]
    public void TheSimpleFormChangesItsInput()
    {
        RecordingNetwork.Inputs.Clear();
        Row[] rows = Rows();
        Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Image", [1, 6, 6]), "Target",
            options: new() { MaxEpochs = 1, OverfitBatches = 1, BatchSize = 20, Optimizer = Optimizers.SGD(0), Augment = { new RandomFlip { Probability = 1 } } })
            .Fit(_ml.Data.LoadFromEnumerable(rows)));
        double[] trained = RecordingNetwork.Inputs.Single(input => input.IsTraining).Values;
        CollectionAssert.AreEqual(rows.SelectMany(row => row.Image.Chunk(6).SelectMany(line => line.Reverse())).Select(value => (double)value).ToArray(), trained);
    }

    [TestMethod]
    public void AModelWithTransformsIsSavedWithoutThem()
    {
        FuseTrainer.Options options = Options(new() { BatchSize = 4 }, Transforms("all"));
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<TinyConvolution>(), Inputs = [Image], Outputs = ["model.logits.head_0"] };
        options.Losses.Clear();
        options.Losses["loss"] = new LossDefault((pred, target) => (pred.flatten(1).mean([1]) - target).square().mean(), "model.logits.head_0", "data.target");
        options.Outputs["Score"] = new("model.logits.head_0");
        IDataView view = _ml.Data.LoadFromEnumerable(Rows());
        FuseTransformer transformer = Own(_ml.Fuse().Train(options).Fit(view));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, view.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out _));
        Learning.AreEqual(Learning.Scores(transformer.Transform(view)), Learning.Scores(loaded.Transform(view)));
    }

    [TestMethod]
    public void AFailingTransformIsNamedWithTheBatch()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            _ml.Fuse().Train(Options(new(), [new RandomFlip { Images = [Id] }])).Fit(_ml.Data.LoadFromEnumerable(Rows())));
        Assert.Contains("RandomFlip, a transform of Augment, failed: 'data.id' is [20]; expected", error.Message);
        Assert.Contains("data.image: Float32 [20, 1, 6, 6]", error.Message);
    }

    [TestMethod]
    public void AKeyThatNoColumnHasIsNamedAtOnce()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => _ml.Fuse().Train(Options(new(), [new RandomFlip { Images = [Image], Masks = ["data.msk"] }])));
        Assert.Contains("No column has the batch key 'data.msk' of Augment, RandomFlip. Did you mean 'data.mask'", error.Message);
        Assert.Contains("'data.input'", Assert.ThrowsExactly<ArgumentException>(() => _ml.Fuse().Train(Options(new(), [new RandomFlip()]))).Message);
        Assert.Contains("Augment holds null", Assert.ThrowsExactly<ArgumentException>(() => _ml.Fuse().Train(Options(new(), [null!]))).Message);
        // A transform of one's own may make the key.
        Own(_ml.Fuse().Train(Options(new(), [new Rename(Image, "data.other"), new RandomFlip { Images = ["data.other"] }])).Fit(_ml.Data.LoadFromEnumerable(Rows())));
    }

    [TestMethod]
    public void ChangingTheListAfterwardsChangesNothing()
    {
        FuseTrainer.Options options = Options(new() { BatchSize = 20 }, [new AddOne { Key = "data.target" }]);
        var recorder = new BatchRecorder(Id, "data.target");
        options.Callbacks.Add(recorder);
        FuseTrainer trainer = _ml.Fuse().Train(options);
        options.Augment.Clear();
        Own(trainer.Fit(_ml.Data.LoadFromEnumerable(Rows())));
        CollectionAssert.AreEqual(recorder[Id][0].Select(id => id + 1).ToArray(), recorder["data.target"][0]);
    }

    private static BatchTransform[] Transforms(string name)
    {
        BatchTransform[] all =
        [
            new RandomFlip { Images = [Image], Masks = [Mask], Axes = [-1, -2] },
            new RandomAffine { Images = [Image], Masks = [Mask], Rotation = (-30, 30), Scale = (0.8, 1.2), Translation = (-0.1, 0.1), Probability = 0.7 },
            new RandomCrop { Images = [Image], Masks = [Mask], Size = [6, 6], Padding = 2 },
            new GaussianNoise { Images = [Image], Probability = 0.7 },
            new RandomIntensity { Images = [Image], Contrast = (0.5, 1.5), Gamma = (0.5, 2), Brightness = (-1, 1) },
            new Shift { Key = Image },
        ];
        string[] names = ["flip", "affine", "crop", "noise", "intensity", "own"];
        return name == "all" ? all : [all[Array.IndexOf(names, name)]];
    }

    /// <summary>Gets the images that each epoch trained on, as text, by the row's id.</summary>
    private Dictionary<int, string>[] Seen(FuseTrainer.Options run, BatchTransform[] transforms, int seed = 1)
    {
        var recorder = new BatchRecorder(Id, Image);
        FuseTrainer.Options options = Options(run, transforms);
        options.Callbacks.Add(recorder);
        var ml = new MLContext(seed);
        Own(ml.Fuse().Train(options).Fit(ml.Data.LoadFromEnumerable(Rows())));
        return [.. recorder[Id].Zip(recorder[Image]).SelectMany(batch => batch.First.Select((id, i) => KeyValuePair.Create((int)id, Text(batch.Second, i))))
            .Chunk(20).Select(epoch => epoch.ToDictionary())];
    }

    private static string Text(double[] images, int row) => string.Join(' ', images[(row * 36)..((row + 1) * 36)]);

    private static int Differing(Dictionary<int, string> left, Dictionary<int, string> right) => left.Count(pair => right[pair.Key] != pair.Value);

    private static FuseTrainer.Options Options(FuseTrainer.Options options, BatchTransform[] transforms)
    {
        options.Columns[Id] = new("Id");
        options.Columns[Image] = new("Image", [1, 6, 6]);
        options.Columns[Mask] = new("Mask", [6, 6]);
        options.Columns["data.target"] = new("Target");
        options.Model = new ModelWrapSeqToDict { Model = Network.Of<RecordingNetwork>(), Inputs = [Image], Outputs = ["model.logits.head_0"] };
        options.Losses["loss"] = new LossMeanSquaredError { Target = "data.target" };
        options.MaxEpochs = options.MaxEpochs == 10 ? 1 : options.MaxEpochs;
        options.Optimizer = Optimizers.SGD(0);
        foreach (BatchTransform transform in transforms)
            options.Augment.Add(transform);
        return options;
    }

    private static Row[] Rows() =>
    [
        .. Enumerable.Range(0, 20).Select(id => new Row
        {
            Id = id,
            Target = id,
            Class = id / 18,
            Image = [.. Enumerable.Range(0, 36).Select(pixel => (float)((pixel * 7 + id) % 40))],
            Mask = [.. Enumerable.Range(0, 36).Select(pixel => (pixel * 7 + id) % 40)],
        }),
    ];

    private sealed class Row
    {
        public float Id { get; set; }

        public float Target { get; set; }

        public int Class { get; set; }

        [VectorType(36)]
        public float[] Image { get; set; } = [];

        [VectorType(36)]
        public int[] Mask { get; set; } = [];
    }

    /// <summary>Is a transform as a user writes it.</summary>
    private sealed record Shift : BatchTransform
    {
        public required string Key { get; init; }

        public override void Apply(BatchDict batch, RowRandom random) => batch[Key] += random.Normal(0, 3).reshape(-1, 1, 1, 1);
    }

    private sealed record AddOne : BatchTransform
    {
        public required string Key { get; init; }

        public override void Apply(BatchDict batch, RowRandom random) => batch[Key] += 1;
    }

    private sealed record Double : BatchTransform
    {
        public required string Key { get; init; }

        public override void Apply(BatchDict batch, RowRandom random) => batch[Key] *= 2;
    }

    private sealed record Rename(string From, string To) : BatchTransform
    {
        public override void Apply(BatchDict batch, RowRandom random) => batch[To] = batch[From];
    }
}
