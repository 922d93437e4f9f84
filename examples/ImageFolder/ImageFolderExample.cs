using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.ImageFolder;

/// <summary>Trains a new head on a frozen ResNet-18 over a folder of images, compares it with one whose backbone knows nothing, saves it and uses it.</summary>
internal static class ImageFolderExample
{
    private const double HeldOut = 0.25;
    private const int CommonPictures = 60;
    private const int RarePictures = 60;

    /// <summary>Runs the example.</summary>
    public static void Run(ImageFolderOptions options)
    {
        options.Check();
        ExampleProgram.InScratchFolder("images", scratch => Run(options, scratch));
    }

    private static void Run(ImageFolderOptions options, string scratch)
    {
        MLContext ml = ExampleProgram.Context(options.Seed);
        string folder = options.Data ?? Path.Combine(scratch, "rare");
        if (options.Data is null)
            ShapePictures.Draw(folder, Shape.Rare, RarePictures, options.Seed);

        IDataView images = ml.Fuse().LoadImagesFromFolder(folder);
        if (images.Schema.GetColumnOrNull("Label") is null)
            throw new InvalidDataException($"{folder}: expected a folder of images for each class, found images without such folders.");
        string weights = options.Weights ?? Pretrain(ml, options, scratch);
        int classes = images.GetColumn<string>("Label").Distinct().Count();
        DataOperationsCatalog.TrainTestData split = ml.Data.TrainTestSplit(images, HeldOut, seed: options.Seed);
        Console.WriteLine($"{classes} classes of images in {folder}; a head on weights of {Path.GetFileName(weights)}");
        ITransformer model = Fit(ml, Training(options, classes, new WeightsFile(weights) { PrefixMap = [new("", "backbone.")], Only = ["backbone."], Skip = ["fc."] }), split.TrainSet);
        Console.WriteLine("the same head on a backbone that was never trained");
        ITransformer blank = Fit(ml, Training(options, classes, weights: null), split.TrainSet);

        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
        double without = ml.MulticlassClassification.Evaluate(blank.Transform(split.TestSet)).MicroAccuracy;
        Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
        ml.Model.Save(model, images.Schema, options.Model);
        Use(options.Model, split.TestSet, metrics);
        ExampleProgram.Print($"accuracy without weights: {without:0.0000}");
        ExampleProgram.Print($"accuracy: {metrics.MicroAccuracy:0.0000}");
    }

    private static ITransformer Fit(MLContext ml, FuseTrainer.Options training, IDataView images) => ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Fuse().Train(training))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
        .Fit(images);

    private static FuseTrainer.Options Training(ImageFolderOptions options, int classes, WeightsFile? weights) => new()
    {
        Columns = { ["data.image"] = Input(options.Size), ["data.label"] = new("Label") },
        Model = new ModelMultiHead
        {
            Inputs = ["data.image"],
            Backbone = new BackboneResnet { Name = "resnet18" },
            Heads = [new HeadGlobalPoolingClassifier { HeadName = "cls", NumClasses = classes, Pooling = GlobalPooling.Average, Layers = [], DropoutRate = 0 }],
        },
        InitialWeights = weights,
        Freeze = { "backbone.*" },
        Losses = { ["cls_loss"] = Loss.CrossEntropy() with { Pred = "model.logits.cls", Target = "data.label" } },
        Outputs = { ["Score"] = new("model.output.cls", labelColumnName: "Label") },
        Optimizer = Optimizers.AdamW(lr: 1e-2),
        LearningRateScheduler = Schedules.Cosine(),
        BatchSize = 16,
        MaxEpochs = options.Epochs,
    };

    private static TensorColumn Input(int size) => new("Image", [3, size, size]) { Mean = ImageColumn.ImageNetMean, StandardDeviation = ImageColumn.ImageNetStandardDeviation };

    /// <summary>Trains a whole network on other shapes and writes its weights, as a file from Python would hold them.</summary>
    private static string Pretrain(MLContext ml, ImageFolderOptions options, string scratch)
    {
        string folder = Path.Combine(scratch, "common"), weights = Path.Combine(scratch, "resnet18.safetensors");
        ShapePictures.Draw(folder, Shape.Common, CommonPictures, options.Seed);
        Console.WriteLine($"{Shape.Common.Length} classes of other shapes, to make weights of");
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Fuse().Train(Network.Of<TorchvisionResnet>((long)Shape.Common.Length), Input(options.Size), options: new()
        {
            Optimizer = Optimizers.AdamW(lr: 2e-3),
            LearningRateScheduler = Schedules.OneCycle(),
            Augment = { new RandomFlip { Axes = [-1] } },
            BatchSize = 32,
            MaxEpochs = 4,
        }));
        TransformerChain<FuseTransformer> model = pipeline.Fit(ml.Fuse().LoadImagesFromFolder(folder));
        model.LastTransformer.SaveWeights(weights);
        return weights;
    }

    /// <summary>Does what another program does: loads the model and shows it pictures.</summary>
    private static void Use(string path, IDataView images, MulticlassClassificationMetrics metrics)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(path, out _);
        if (ml.MulticlassClassification.Evaluate(model.Transform(images)).LogLoss != metrics.LogLoss)
            throw new InvalidDataException($"{path}: the reloaded model predicts something else than the trained one.");
        Console.WriteLine($"saved: {path}, and reloaded: it predicts the same");
        using PredictionEngine<Picture, Prediction> engine = ml.Model.CreatePredictionEngine<Picture, Prediction>(model);
        foreach (string file in images.GetColumn<string>("ImagePath").Take(5))
        {
            using MLImage image = MLImage.CreateFromFile(file);
            Prediction prediction = engine.Predict(new() { Image = image });
            ExampleProgram.Print($"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)} is taken for {prediction.PredictedLabel}, with probability {prediction.Score.Max():0.000}");
        }
    }
}
