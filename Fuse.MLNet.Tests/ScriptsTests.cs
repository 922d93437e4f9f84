using System.Runtime.InteropServices;
using System.Text;
using Fuse.MLNet.Examples.Digits;
using Fuse.MLNet.Examples.Segmentation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

/// <summary>Runs the scripts of the README files, word for word and on small data: what a reader copies must compile and work. DocumentationTests compares the words.</summary>
[TestClass]
public sealed class ScriptsTests : ScriptTest
{
    [TestMethod]
    public void ReadmeWholeProgram()
    {
        IDataView train = Digits(count: 80, seed: 1);
        IDataView test = Digits(count: 40, seed: 2);

        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Fuse().Train(
                network: Network.Of<LeNet>(),                 // any TorchSharp Module<Tensor, Tensor>
                input: new TensorColumn("Pixels", [1, 28, 28]),
                labelColumnName: "Label",
                loss: Loss.CrossEntropy(),
                options: new() { MaxEpochs = 3, BatchSize = 64, ValidationFraction = 0.1 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(train);
        var metrics = ml.MulticlassClassification.Evaluate(model.Transform(test));
        ml.Model.Save(model, train.Schema, "mnist.zip");

        Own(model);
        (ITransformer loaded, DataViewSchema inputs) = LoadedElsewhere();
        Assert.HasCount(3, inputs.Where(column => !column.IsHidden).ToArray());
        var again = ml.MulticlassClassification.Evaluate(loaded.Transform(test));
        Assert.AreEqual(metrics.LogLoss, again.LogLoss);
        Assert.AreEqual(metrics.MicroAccuracy, again.MicroAccuracy);

        (ITransformer, DataViewSchema) LoadedElsewhere()
        {
            ITransformer model = new MLContext().Model.Load("mnist.zip", out var schema);
            return (Own(model), schema);
        }
    }

    [TestMethod]
    public void ReadmeOnnx()
    {
        IDataView train = Images(count: 20, seed: 1);
        var ml = new MLContext(seed: 1);
        ITransformer model = Own(ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Fuse().Train(Network.Of<TinyConvolution>(), new TensorColumn("Pixels", [1, 6, 6]), options: new() { MaxEpochs = 1 })).Fit(train));
        ml.Fuse().ExportOnnx(model, train, "digits.onnx");
        Assert.IsGreaterThan(100, new FileInfo("digits.onnx").Length);
    }

    [TestMethod]
    public void ReadmeOneLineTrainer()
    {
        var ml = new MLContext(seed: 1);
        string csv = Path.Combine(Folder, "shapes.csv");
        File.WriteAllLines(csv, ["Width,Height,Weight,Label", .. Enumerable.Range(0, 60).Select(i => $"{i % 3 * 100},{i % 7},{i % 5},{"abc"[i % 3]}")]);
        IDataView train = ml.Data.LoadFromTextFile<Shape>(csv, hasHeader: true, separatorChar: ',');

        var pipeline = ml.Transforms.Concatenate("Features", "Width", "Height", "Weight")
            .Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.FuseNeuralNetwork())
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        ITransformer model = Own(pipeline.Fit(train));
        Assert.AreEqual(1.0, ml.MulticlassClassification.Evaluate(model.Transform(train)).MicroAccuracy);
        using var engine = ml.Model.CreatePredictionEngine<Shape, ShapePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.AreEqual("b", engine.Predict(new Shape { Width = 100, Height = 2, Weight = 3 }).PredictedLabel);
    }

    [TestMethod]
    public void LibraryReadmeAroundATrainer()
    {
        var ml = new MLContext(seed: 1);
        string csv = Path.Combine(Folder, "shapes.csv");
        File.WriteAllLines(csv, ["Width,Height,Weight,Label", .. Enumerable.Range(0, 60).Select(i => $"{i % 3 * 100},{i % 7},{i % 5},{"abc"[i % 3]}")]);
        TextLoader loader = ml.Data.CreateTextLoader<Shape>(separatorChar: ',', hasHeader: true);
        IDataView test = loader.Load(csv);
        ITransformer model = Own(ml.Transforms.Concatenate("Features", "Width", "Height", "Weight").Append(ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(ml.MulticlassClassification.Trainers.FuseNeuralNetwork()).Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(test));

        // Value by value of one feature vector whose slots have names: ML.NET's own, as Model Builder writes it.
        var slots = ml.MulticlassClassification.PermutationFeatureImportance(model, model.Transform(test), permutationCount: 5);

        // Column by column, whatever a column holds, and by every loss and test metric.
        var columns = ml.Fuse().PermutationFeatureImportance(model, test, permutationCount: 5);
        foreach (var (column, changes) in columns.OrderByDescending(column => column.Value["test.losses.total_loss"].Mean))
            Console.WriteLine($"{column}: {changes["test.losses.total_loss"].Mean:F3} +- {changes["test.losses.total_loss"].StandardDeviation:F3}");

        // One model serves any number of engines, each used by one thread at a time.
        using var engine = ml.Model.CreatePredictionEngine<Shape, ShapePrediction>(model, new PredictionEngineOptions { OwnsTransformer = false });

        ml.Model.Save(model, loader, "shapes.zip");
        ITransformer loaded = ml.Model.LoadWithDataLoader("shapes.zip", out IDataLoader<IMultiStreamSource> loadedLoader);

        Own(loaded);
        Assert.AreEqual("Width", columns.MaxBy(column => column.Value["test.losses.total_loss"].Mean).Key, "The class is in the width.");
        CollectionAssert.AreEquivalent(columns.Keys.ToArray(), slots.Keys.ToArray());
        Assert.IsLessThan(-0.3, slots["Width"].MicroAccuracy.Mean);
        Assert.AreEqual("b", engine.Predict(new Shape { Width = 100, Height = 2, Weight = 3 }).PredictedLabel);
        Learning.AreEqual(Learning.Scores(model.Transform(test)), Learning.Scores(loaded.Transform(loadedLoader.Load(new MultiFileSource(csv)))));
    }

    [TestMethod]
    public void ReadmeOneLineTrainersOfYesOrNoAndOfNumbers()
    {
        var ml = new MLContext(seed: 1);
        string csv = Path.Combine(Folder, "houses.csv");
        File.WriteAllLines(csv, ["Size,Rooms,Quarter,Sold,Price", .. Enumerable.Range(0, 90).Select(i => $"{40 + i},{i % 4},{"NESW"[i % 4]},{(i > 45 ? "true" : "false")},{1000 * (40 + i)}")]);
        IDataView train = ml.Data.LoadFromTextFile<House>(csv, hasHeader: true, separatorChar: ',');

        var sold = ml.Transforms.Concatenate("Features", "Size", "Rooms")
            .Append(ml.BinaryClassification.Trainers.FuseNeuralNetwork(labelColumnName: "Sold"));
        var price = ml.Transforms.Concatenate("Features", "Size", "Rooms").Append(ml.Transforms.Conversion.MapValueToKey("Quarter"))
            .Append(ml.Regression.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions
            {
                LabelColumnName = "Price",
                CategoricalColumnNames = { "Quarter" },       // keys, embedded
                HiddenSizes = [64, 64],
                ValidationFraction = 0.1,
                Callbacks = { new EarlyStopping(new("validation.losses.total_loss"), patience: 10) },
            }));

        Assert.IsGreaterThan(0.95, ml.BinaryClassification.Evaluate(Own(sold.Fit(train)).Transform(train), "Sold").Accuracy);
        Assert.IsGreaterThan(0.9, ml.Regression.Evaluate(Own(price.Fit(train)).Transform(train), "Price").RSquared);
    }

    [TestMethod]
    public void LibraryReadmeTasks()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Tasks.Rows(ml, 40), test = Tasks.Rows(ml, 20, seed: 2);
        var trainer = ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 2,
            Columns = { ["data.image"] = new("Features", [1, 2, 2]), ["data.label"] = new("Map", [2, 2]) },
            Model = new ModelWrapSeqToDict { Model = Network.Of<PixelNet>(3), Inputs = ["data.image"], Outputs = ["model.logits.map"] },
            Losses = { ["loss"] = Loss.SegmentationCrossEntropy() with { Pred = "model.logits.map" } },
            Outputs = { ["Score"] = new("model.logits.map", labelColumnName: "Map") { Activation = Activation.Softmax } },
        });
        FuseTransformer model = Own(trainer.Fit(train));
        SegmentationMetrics metrics = ml.Fuse().EvaluateSegmentation(model.Transform(test), labelColumnName: "Map");
        Assert.HasCount(3, metrics.PerClass);
    }

    [TestMethod]
    public void LibraryReadmeSupervisedWrapper()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Digits(count: 80, seed: 1);
        var trainer = ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.image"] = new("Pixels", [1, 28, 28]), ["data.label"] = new("Label") },
            Model = new ModelWrapSeqToDict
            {
                Model = Network.Of<LeNet>(),
                Inputs = ["data.image"],
                Outputs = ["model.logits.digit", "model.output.digit"],
                PostForward = Activation.Softmax,
            },
            Losses = { ["cls_loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), pred: "model.logits.digit", target: "data.label") },
            ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.output.digit", "data.label") },
            BestEpochSource = [new("validation.metrics.accuracy", MonitorMode.Max)],
            Outputs = { ["Score"] = new("model.output.digit", labelColumnName: "Label") },
            Optimizer = Optimizers.AdamW(lr: 1e-3, weightDecay: 1e-3),
            ValidationFraction = 0.1,
        });
        ITransformer model = Own(ml.Transforms.Conversion.MapValueToKey("Label").Append(trainer).Fit(train));
        Assert.IsGreaterThan(0, ml.MulticlassClassification.Evaluate(model.Transform(train)).MicroAccuracy);
    }

    [TestMethod]
    public void LibraryReadmeMultiHead()
    {
        var ml = new MLContext(seed: 1);
        IDataView digits = Digits(count: 40, seed: 1);
        IDataView train = ml.Transforms.Conversion.MapValueToKey("Label").Fit(digits).Transform(digits);
        var options = new FuseTrainer.Options
        {
            Columns = { ["data.image"] = new("Pixels", [1, 28, 28]), ["data.label"] = new("Label"), ["data.age"] = new("Age") },
            Model = new ModelMultiHead
            {
                Inputs = ["data.image"],
                Backbone = new BackboneResnet { Name = "resnet18", InChannels = 1 },
                Heads =
                [
                    new HeadGlobalPoolingClassifier { HeadName = "cls", NumClasses = 10 },
                    new HeadGlobalPoolingClassifier { HeadName = "age", NumClasses = 1, Mode = HeadMode.Regression },
                ],
            },
            Losses =
            {
                ["cls_loss"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t), pred: "model.logits.cls", target: "data.label"),
                ["age_loss"] = new LossWarmUp(new LossDefault((p, t) => nn.functional.mse_loss(p, t), "model.output.age", "data.age", weight: 0.1), iterations: 500),
            },
            ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.output.cls", "data.label") },
            BestEpochSource = [new("validation.metrics.accuracy", MonitorMode.Max)],
            Optimizer = Optimizers.AdamW(lr: 1e-3, weightDecay: 1e-3),
            LearningRateScheduler = Schedules.ReduceOnPlateau(monitor: "validation.losses.total_loss"),
            Outputs = { ["Score"] = new("model.output.cls", labelColumnName: "Label"), ["Years"] = new("model.output.age") { Kind = OutputKind.Scalar } },
            ValidationFraction = 0.1,
            ModelDirectory = "model_dir",
        };
        var trainer = ml.Fuse().Train(options);

        options.MaxEpochs = 2;
        FuseTransformer model = Own(ml.Fuse().Train(options).Fit(train));
        Assert.IsGreaterThan(0, model.History["train.losses.cls_loss"][^1]);
        Assert.AreEqual(0, model.History["train.losses.age_loss"][^1], "still warming up");
        IDataView scored = model.Transform(train);
        Assert.IsGreaterThan(0, ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
        Assert.HasCount(40, scored.GetColumn<float>("Years").Where(float.IsFinite).ToArray());
        Assert.IsNotNull(trainer);
    }

    [TestMethod]
    public void LibraryReadmeWeights()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Samples.Keyed(ml, 20);
        using nn.Module pretrained = new BackboneResnet { Name = "resnet18", InChannels = 1 }.Build();
        using (var file = File.Create("resnet18.safetensors"))
        using (NewDisposeScope())
            SafetensorsWriter.Write(file, pretrained.state_dict());
        var options = new FuseTrainer.Options
        {
            Columns = { ["data.image"] = new("Features", [1, 1, 2]), ["data.label"] = new("Label") },
            Model = new ModelMultiHead
            {
                Inputs = ["data.image"],
                Backbone = new BackboneResnet { Name = "resnet18", InChannels = 1 },
                Heads = [new HeadGlobalPoolingClassifier { HeadName = "cls", NumClasses = 3 }],
            },
            Losses = { ["cls_loss"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
            Optimizer = Optimizers.SGD(0),
            MaxEpochs = 1,
        };

        options.InitialWeights = new WeightsFile("resnet18.safetensors") { PrefixMap = [new("", "backbone.")], Only = ["backbone."], Skip = ["fc."] };

        FuseTransformer model = Own(ml.Fuse().Train(options).Fit(train));
        model.SaveWeights("trained.safetensors");    // safetensors.torch.load_file in Python

        Assert.IsTrue(File.Exists("trained.safetensors"));
        using var scope = NewDisposeScope();
        Assert.IsTrue(model.Network.state_dict()["backbone.conv1.weight"].SameAs(pretrained.state_dict()["conv1.weight"]));
    }

    [TestMethod]
    public void ReadmeHardestRows()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Images(count: 80, seed: 1);
        IDataView test = Images(count: 40, seed: 2);
        var trainer = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Fuse().Train(Network.Of<TinyConvolution>(), new("Pixels", [1, 6, 6])));

        var pipeline = trainer.Append(ml.Fuse().Losses.CrossEntropy(outputColumnName: "Loss", scoreColumnName: "Score", labelColumnName: "Label"));
        var model = pipeline.Fit(train);
        var hardest = ml.Data.CreateEnumerable<Judged>(model.Transform(test), reuseRowObject: false)   // class Judged { public float Loss { get; set; } }
            .Select((row, index) => (Index: index, row.Loss))
            .OrderByDescending(row => row.Loss)
            .Take(10);

        Own(model);
        Assert.AreEqual(model.Transform(test).GetColumn<float>("Loss").Max(), hardest.First().Loss);
        Assert.HasCount(10, hardest.ToArray());
    }

    [TestMethod]
    public void ReadmeOwnNetwork()
    {
        var ml = new MLContext(seed: 1);
        IDataView view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Wide { Features = [.. Enumerable.Repeat(i % 2 - 0.5f, 30)], Label = (uint)(i % 2) }).ToArray());
        IDataView train = ml.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);

        Network network = Network.Of<TwoLayers>(30, 64, 2);

        FuseTransformer model = Own(ml.Fuse().Train(network, new("Features"), options: new() { MaxEpochs = 20 }).Fit(train));
        Assert.AreEqual(1.0, ml.MulticlassClassification.Evaluate(model.Transform(train)).MicroAccuracy);
    }

    [TestMethod]
    public void LibraryReadmeOwnLoss()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new Shape { Width = i, Height = 2 * i }).ToArray());
        using FuseTransformer model = ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.width"] = new("Width", [1]) { Standardize = true }, ["data.height"] = new("Height", [1]) { Standardize = true } },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(1, 1), Inputs = ["data.width"], Outputs = ["model.output.height"] },
            Losses = { ["log_cosh"] = new LossLogCosh("model.output.height", "data.height") },
            Optimizer = Optimizers.Adam(0.05),
            MaxEpochs = 40,
        }).Fit(train);
        Assert.IsLessThan(0.01, model.History["train.losses.log_cosh"][^1]);
    }

    [TestMethod]
    public void LibraryReadmeOptimization()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(Learning.Classifier(ml, options: new()
        {
            MaxEpochs = 50,
            Optimizer = Optimizers.AdamW(lr: 3e-4, weightDecay: 1e-2) with { Groups = [new("*.bias") { WeightDecay = 0 }] },
            LearningRateScheduler = Schedules.WarmUp(500, Schedules.Cosine()),
            GradientClipNorm = 1,
            ValidationFraction = 0.1,
            Callbacks = { new EarlyStopping(new("validation.losses.total_loss", MinDelta: 1e-3), patience: 5) },
            ModelDirectory = "run",
        }).Fit(Samples.Keyed(ml, 60)));
        Assert.IsGreaterThan(0, model.History.Epochs.Count);
        Assert.IsTrue(File.Exists(Path.Combine(Folder, "run", "last.ckpt")));
    }

    [TestMethod]
    public void LibraryReadmeStreaming()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(Learning.Classifier(ml, options: new()
        {
            StagingBytes = 8L << 30,        // keep up to 8 GB of rows; 0 always streams
            ShuffleBufferRows = 50_000,     // among how many streamed rows those of an epoch are shuffled
        }).Fit(Samples.Keyed(ml, 60)));
        Assert.HasCount(10, model.History.Epochs);
    }

    [TestMethod]
    public void LibraryReadmeOwnModule()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Digits(count: 160, seed: 1);
        FuseTrainer trainer = ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.image"] = new("Pixels", [1, 28, 28]), ["data.label"] = new("Label") },
            Module = LightningModule.Of<DigitsModule>(1e-3),
            Outputs = { ["Score"] = new("model.output.digit", labelColumnName: "Label") },
            ValidationFraction = 0.1,
        });
        ITransformer model = Own(ml.Transforms.Conversion.MapValueToKey("Label").Append(trainer).Fit(train));
        Assert.IsGreaterThan(0.3, ml.MulticlassClassification.Evaluate(model.Transform(train)).MicroAccuracy);
    }

    [TestMethod]
    public void LibraryReadmeAugmentationMetricsAndSweep()
    {
        var ml = new MLContext(seed: 1);
        var map = ml.Transforms.Conversion.MapValueToKey("Label");
        IDataView train = map.Fit(Images(count: 80, seed: 1)).Transform(Images(count: 80, seed: 1));
        FuseTrainer trainer = ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.image"] = new("Pixels", [1, 6, 6]), ["data.label"] = new("Label") },
            Model = new ModelWrapSeqToDict
            {
                Model = Network.Of<TinyConvolution>(),
                Inputs = ["data.image"],
                Outputs = ["model.logits.digit", "model.output.digit"],
                PostForward = Activation.Softmax,
            },
            Losses = { ["cls_loss"] = new LossCrossEntropy { Pred = "model.logits.digit" } },
            Augment =
            {
                new RandomFlip { Images = ["data.image"] },
                new RandomAffine { Images = ["data.image"], Rotation = (-10, 10), Scale = (0.9, 1.1) },
                new GaussianNoise { Images = ["data.image"], StandardDeviation = 0.05, Probability = 0.5 },
            },
            ValidationMetrics =
            {
                ["auc"] = new MetricAUCROC("model.output.digit", "data.label"),
                ["auc_ci"] = new MetricConfidenceInterval(new MetricAUCROC("model.output.digit", "data.label")) { Bootstraps = 200 },
                ["op"] = new MetricApplyThresholds("model.output.digit"),
                ["accuracy"] = new MetricAccuracy("metrics.op.cls_pred", "data.label"),
            },
            Sampler = new BatchSamplerDefault { Mode = BatchSamplerMode.Approximate },
            ValidationFraction = 0.3,
            MaxEpochs = 2,
        });
        FuseTransformer model = Own(trainer.Fit(train));
        foreach (string name in new[] { "auc.macro_avg", "auc_ci.macro_avg.lower", "accuracy" })
            Assert.IsInRange(0, 1, model.History[$"validation.metrics.{name}"][^1], name);

        LearningRateSweep sweep = ml.Fuse().FindLearningRate(trainer, train);
        Console.WriteLine(sweep.Suggestion);
        Assert.IsGreaterThan(10, sweep.Rates.Count);
    }

    [TestMethod]
    public void LibraryReadmeTorchScript()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Samples.Keyed(ml, 60);
        File.Copy(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt"), "model.pt");

        var trainer = ml.Fuse().Train(Network.TorchScript("model.pt"), new TensorColumn("Features"), options: new() { Freeze = { "features.*" } });

        FuseTransformer trained = Own(trainer.Fit(train));
        ml.Model.Save(trained, train.Schema, "tuned.zip");

        var serving = new MLContext();
        serving.Fuse().AllowTorchScript = true;      // TorchScript is code: allow it for files that you trust
        ITransformer model = serving.Model.Load("tuned.zip", out var schema);
        ((TorchScriptModule)trained.Network).Save("tuned.pt");     // torch.jit.load in Python

        Own(model);
        Learning.AreEqual(Learning.Scores(trained.Transform(train)), Learning.Scores(model.Transform(train)));
        Assert.IsNotNull(schema.GetColumnOrNull("Features"));
        Assert.IsTrue(File.Exists("tuned.pt"));
    }

    [TestMethod]
    public void LibraryReadmeEnsembles()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = Samples.Keyed(ml, 60);
        var folds = ml.MulticlassClassification.CrossValidate(train, Learning.Classifier(ml), numberOfFolds: 3);
        foreach (var fold in folds)
            Own(fold.Model);
        (ITransformer first, ITransformer second, ITransformer third) = (folds[0].Model, folds[1].Model, folds[2].Model);

        FuseTransformer ensemble = ml.Fuse().Ensemble(folds.Select(fold => fold.Model));                     // the mean of their scores
        FuseTransformer voting = ml.Fuse().Ensemble([first, second, third], EnsembleVote.Majority);
        ml.Model.Save(ensemble, train.Schema, "ensemble.zip");

        Own(ensemble);
        Own(voting);
        Assert.HasCount(60, Learning.Scores(voting.Transform(train)));
        Learning.AreEqual(Learning.Scores(ensemble.Transform(train)), Learning.Scores(Own(ml.Model.Load("ensemble.zip", out _)).Transform(train)));
    }

    [TestMethod]
    public void LibraryReadmeFileReader()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        Directory.CreateDirectory("masks");
        Study[] rows = [.. Enumerable.Range(0, 6).Select(i => new Study { Scan = Path.Combine(Folder, $"{i}.nii"), Mask = $"{i}.npy" })];
        foreach (Study row in rows)
        {
            short[] voxels = [.. Enumerable.Range(0, 256).Select(_ => (short)random.Next(-2000, 2000))];
            byte[] header = new byte[352];
            MemoryMarshal.AsBytes<short>([4, 8, 8, 4, 1]).CopyTo(header.AsSpan(40));
            header[70] = 4;
            BitConverter.TryWriteBytes(header.AsSpan(108), 352f);
            File.WriteAllBytes(row.Scan, [.. header, .. MemoryMarshal.AsBytes<short>(voxels)]);
            byte[] text = Encoding.ASCII.GetBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 8, 8), }");
            File.WriteAllBytes(Path.Combine("masks", row.Mask), [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. voxels.Select(voxel => (byte)(voxel > 0 ? 1 : 0))]);
        }
        FuseTransformer model = Own(ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns =
            {
                ["data.scan"] = new("Scan", [1, 4, 8, 8]) { Reader = TensorReader.Of<NiftiReader>(-1000.0, 400.0), Standardize = true },
                ["data.mask"] = new("Mask", [4, 8, 8]) { Reader = new NumpyReader { RootFolder = "masks" }, DType = ScalarType.Int64 },
            },
            Model = new ModelWrapSeqToDict { Model = Network.Of<VoxelClassifier>(), Inputs = ["data.scan"], Outputs = ["model.logits.seg"] },
            Losses = { ["seg"] = new LossSegmentationCrossEntropy { Pred = "model.logits.seg", Target = "data.mask" } },
            Optimizer = Optimizers.Adam(0.3),
            MaxEpochs = 30,
        }).Fit(ml.Data.LoadFromEnumerable(rows)));
        Assert.IsLessThan(0.2, model.History["train.losses.seg"][^1]);
    }

    [TestMethod]
    public void LibraryReadmeMasks()
    {
        var ml = new MLContext(seed: 1);
        PicturePaths[] rows = [.. Enumerable.Range(0, 8).Select(i => new PicturePaths { ImagePath = Path.Combine(Folder, $"{i}.png"), MaskPath = Path.Combine(Folder, $"{i}_mask.png") })];
        foreach ((PicturePaths row, int index) in rows.Select((row, index) => (row, index)))
        {
            byte[] mask = [.. Enumerable.Range(0, 256).Select(at => (byte)((at + (32 * index)) % 256 < 128 ? 255 : 0))];
            PngFile.WriteGrey(row.MaskPath, new(16, 16, mask));
            PngFile.WriteGrey(row.ImagePath, new(16, 16, [.. mask.Select((value, at) => (byte)((value / 2) + (at % 16)))]));
        }
        IDataView data = ml.Data.LoadFromEnumerable(rows);

        var labels = ml.Transforms.LoadImages("Mask", "", "MaskPath")
            .Append(ml.Transforms.ResizeImages("Mask", 16, 16, resizing: ImageResizingEstimator.ResizingKind.Fill))    // their own size: resizing mixes classes
            .Append(ml.Transforms.ExtractPixels("Label", "Mask", ImagePixelExtractingEstimator.ColorBits.Red, outputAsFloatArray: false))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue));

        IDataView train = labels.Fit(data).Transform(data);
        ITransformer model = Own(ml.Transforms.LoadImages("Image", "", "ImagePath")
            .Append(ml.Transforms.ResizeImages("Image", 16, 16, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.Red, outputAsFloatArray: false))
            .Append(ml.Fuse().Train(new FuseTrainer.Options
            {
                Columns = { ["data.image"] = new("Pixels", [1, 16, 16]), ["data.label"] = new("Label", [16, 16]) },
                Model = new ModelWrapSeqToDict { Model = new BackboneUnet { FirstChannelDim = 2, Levels = 2, NumClasses = 2 }, Inputs = ["data.image"], Outputs = ["model.logits.seg"] },
                Losses = { ["seg"] = Loss.Dice() with { Pred = "model.logits.seg" } },
                Outputs = { ["Score"] = new("model.logits.seg") { Activation = Activation.Softmax } },
                TestMetrics = { ["dice"] = new MetricDice("model.logits.seg", "data.label") },
                Optimizer = Optimizers.Adam(0.05),
                BatchSize = 4,
                MaxEpochs = 15,
            })).Fit(train));
        Assert.IsGreaterThan(0.9, ml.Fuse().Evaluate(model, train)["test.metrics.dice.average"]);
        // The keys count from 1; images alone are scored.
        CollectionAssert.AreEqual(Enumerable.Range(0, 256).Select(at => at < 128 ? 2u : 1u).ToArray(), train.GetColumn<uint[]>("Label").First());
        Assert.HasCount(512, model.Transform(ml.Data.LoadFromEnumerable(rows.Select(row => new { row.ImagePath }))).GetColumn<float[]>("Score").First());
    }

    /// <summary>Is the README's reader of NIfTI volumes.</summary>
    public sealed class NiftiReader(double low, double high) : TensorFileReader
    {
        public override Tensor Read(string path)
        {
            ReadOnlySpan<byte> file = File.ReadAllBytes(path);
            ReadOnlySpan<short> dim = MemoryMarshal.Cast<byte, short>(file[40..56]);
            if (MemoryMarshal.Read<short>(file[70..]) != 4)
                throw new InvalidDataException("only volumes of Int16 are read");
            ReadOnlySpan<short> voxels = MemoryMarshal.Cast<byte, short>(file[(int)MemoryMarshal.Read<float>(file[108..])..]);
            return tensor(voxels.ToArray()).reshape(1, dim[3], dim[2], dim[1]).clamp(low, high);
        }
    }

    /// <summary>Tells two classes of voxels apart by their brightness.</summary>
    public sealed class VoxelClassifier : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Conv3d _conv = nn.Conv3d(1, 2, 1);

        public VoxelClassifier()
            : base(nameof(VoxelClassifier)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _conv.call(input);
    }

    /// <summary>Is the README's module of one's own.</summary>
    public sealed class DigitsModule : LightningModule
    {
        [TorchSharp.Utils.ComponentName(Name = "network")]
        private readonly LeNet _network = new();
        private readonly double _lr;

        public DigitsModule(double lr)
            : base(nameof(DigitsModule))
        {
            _lr = lr;
            RegisterComponents();
        }

        public override BatchDict forward(BatchDict input)
        {
            input["model.output.digit"] = _network.call(input["data.image"]);
            return input;
        }

        public override Tensor TrainingStep(BatchDict batch) => Step(batch);

        public override void ValidationStep(BatchDict batch) => Step(batch);

        public override IReadOnlyList<OptimizerConfiguration> ConfigureOptimizers() => [new(Optimizers.Adam(_lr), Schedules.Cosine())];

        private Tensor Step(BatchDict batch)
        {
            Tensor loss = nn.functional.cross_entropy(call(batch)["model.output.digit"], batch["data.label"]);
            Log($"{LogPrefix}.losses.cls_loss", loss);
            return loss;
        }
    }

    /// <summary>Is the README's network of one's own.</summary>
    public sealed class TwoLayers : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _first;
        private readonly Linear _second;

        public TwoLayers(long inputs, long hidden, long outputs)
            : base(nameof(TwoLayers))
        {
            _first = nn.Linear(inputs, hidden);
            _second = nn.Linear(hidden, outputs);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _second.call(nn.functional.relu(_first.call(input)));
    }

    public sealed record LossLogCosh(string Pred, string Target) : LossBase
    {
        protected override LossTerms Compute(BatchDict batch) => new((batch[Pred] - batch[Target]).cosh().log());
    }

    /// <summary>Makes pictures of 28 x 28 with a bright stripe for each of ten classes.</summary>
    private static IDataView Digits(int count, int seed)
    {
        var random = new Random(seed);
        return new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Picture
        {
            Pixels = [.. Enumerable.Range(0, 784).Select(p => (p % 28 / 3 == i % 10 ? 1f : 0f) + (0.1f * random.NextSingle()))],
            Label = (uint)(i % 10),
            Age = i % 3,
        }).ToArray());
    }

    private static IDataView Images(int count, int seed)
    {
        var random = new Random(seed);
        return new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Image
        {
            Pixels = [.. Enumerable.Range(0, 36).Select(p => (p % 6 / 2 == i % 3 ? 1f : 0f) + (0.1f * random.NextSingle()))],
            Label = (uint)(i % 3),
            Age = i % 3,
        }).ToArray());
    }

    private sealed class Image
    {
        [VectorType(36)]
        public float[] Pixels { get; set; } = [];

        public uint Label { get; set; }

        public float Age { get; set; }
    }

    private sealed class Wide
    {
        [VectorType(30)]
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }

    private sealed class Picture
    {
        [VectorType(784)]
        public float[] Pixels { get; set; } = [];

        public uint Label { get; set; }

        public float Age { get; set; }
    }

    private sealed class Shape
    {
        [LoadColumn(0)]
        public float Width { get; set; }

        [LoadColumn(1)]
        public float Height { get; set; }

        [LoadColumn(2)]
        public float Weight { get; set; }

        [LoadColumn(3)]
        public string Label { get; set; } = "";
    }

    private sealed class House
    {
        [LoadColumn(0)]
        public float Size { get; set; }

        [LoadColumn(1)]
        public float Rooms { get; set; }

        [LoadColumn(2)]
        public string Quarter { get; set; } = "";

        [LoadColumn(3)]
        public bool Sold { get; set; }

        [LoadColumn(4)]
        public float Price { get; set; }
    }

    private sealed class ShapePrediction
    {
        public string PredictedLabel { get; set; } = "";
    }

    private sealed class PicturePaths
    {
        public string ImagePath { get; set; } = "";

        public string MaskPath { get; set; } = "";
    }

    private sealed class Study
    {
        public string Scan { get; set; } = "";

        public string Mask { get; set; } = "";
    }

    private sealed class Judged
    {
        public float Loss { get; set; }
    }
}
