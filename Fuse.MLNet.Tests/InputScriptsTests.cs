using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

/// <summary>Runs the scripts of the library's README about images and text, on small data.</summary>
[TestClass]
public sealed class InputScriptsTests : ScriptTest
{
    [TestMethod]
    public void LibraryReadmeImages()
    {
        var ml = new MLContext(seed: 1);
        for (int i = 0; i < 16; i++)
            Pictures.Write(Path.Combine("photos", i % 2 == 0 ? "cat" : "dog", $"{i}.png"), 30 + i, 40, SKColorType.Rgba8888, (x, _) => i % 2 == 0 ? new SKColor(200, (byte)x, 0) : new SKColor(0, (byte)x, 200));
        float[] kernel = WriteResnet("resnet18.safetensors");

        IDataView images = ml.Fuse().LoadImagesFromFolder("photos");     // photos/cat/1.jpg, photos/dog/2.png: the columns Label, ImagePath and Image
        var split = ml.Data.TrainTestSplit(images, testFraction: 0.2);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Fuse().Train(new FuseTrainer.Options
            {
                Columns =
                {
                    ["data.image"] = new("Image", [3, 224, 224]) { Mean = ImageColumn.ImageNetMean, StandardDeviation = ImageColumn.ImageNetStandardDeviation },
                    ["data.label"] = new("Label"),
                },
                Model = new ModelMultiHead
                {
                    Inputs = ["data.image"],
                    Backbone = new BackboneResnet { Name = "resnet18" },
                    Heads = [new HeadGlobalPoolingClassifier { HeadName = "cls", NumClasses = 2, Pooling = GlobalPooling.Average, Layers = [] }],
                },
                // In Python: safetensors.torch.save_file(torchvision.models.resnet18(weights="DEFAULT").state_dict(), "resnet18.safetensors")
                InitialWeights = new WeightsFile("resnet18.safetensors") { PrefixMap = [new("", "backbone.")], Only = ["backbone."], Skip = ["fc."] },
                Freeze = { "backbone.*" },
                Losses = { ["cls_loss"] = Loss.CrossEntropy() with { Pred = "model.logits.cls", Target = "data.label" } },
                Outputs = { ["Score"] = new("model.output.cls", labelColumnName: "Label") },
                MaxEpochs = 5,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(split.TrainSet);

        Own(model);
        Assert.IsLessThan(Math.Log(2), ml.MulticlassClassification.Evaluate(model.Transform(split.TrainSet)).LogLoss);
        CollectionAssert.AreEqual(kernel, FittedModel.Find(model).Network.state_dict()["backbone.layer4.1.conv2.weight"].data<float>().ToArray());
    }

    [TestMethod]
    public void LibraryReadmeText()
    {
        var ml = new MLContext(seed: 1);
        var tokenizer = new WordTokenizer();
        string[] praise = ["good", "great", "lovely"], blame = ["bad", "awful", "poor"];
        Review[] reviews = [.. Enumerable.Range(0, 60).Select(i => new Review
        {
            Text = $"{string.Join(' ', Enumerable.Repeat("it was", 1 + (i % 5)))} {(i % 2 == 0 ? praise : blame)[i % 3]}", Sentiment = i % 2 == 0 ? "positive" : "negative",
        })];

        var pipeline = ml.Transforms.CustomMapping<Review, Tokenized>((review, tokenized) => tokenized.Tokens = [.. tokenizer.EncodeToIds(review.Text)], "Tokenize")
            .Append(ml.Transforms.Conversion.MapValueToKey("Sentiment"))
            .Append(ml.Fuse().Train(new FuseTrainer.Options
            {
                Columns = { ["data.tokens"] = new("Tokens") { PadTo = 40 }, ["data.sentiment"] = new("Sentiment") },
                Model = new ModelMultiHead
                {
                    Inputs = ["data.tokens"],
                    Backbone = new BackboneTextEncoder { NumTokens = 200, MaxSeqLen = 40, PaddingId = 0, EmbDim = 16, Depth = 1, Heads = 2, DimHead = 8 },
                    Heads = [new Head1D { HeadName = "sentiment", NumOutputs = 2 }],
                },
                Losses = { ["cross_entropy"] = Loss.CrossEntropy() with { Pred = "model.logits.sentiment", Target = "data.sentiment" } },
                Outputs = { ["Score"] = new("model.output.sentiment", labelColumnName: "Sentiment") },
                Optimizer = Optimizers.Adam(0.01),
                MaxEpochs = 6,
            }));

        IDataView rows = ml.Data.LoadFromEnumerable(reviews);
        ITransformer model = Own(pipeline.Fit(rows));
        Assert.AreEqual(1.0, ml.MulticlassClassification.Evaluate(model.Transform(rows), "Sentiment").MicroAccuracy);
    }

    /// <summary>Writes a fresh ResNet-18 by torchvision's names, with a last layer that is left out, and returns one of its kernels.</summary>
    private static float[] WriteResnet(string path)
    {
        using nn.Module backbone = new BackboneResnet().Build();
        Dictionary<string, Tensor> weights = backbone.state_dict();
        using Tensor last = ones(1000, 512);
        using FileStream file = File.Create(path);
        SafetensorsWriter.Write(file, weights.Append(new("fc.weight", last)));
        return weights["layer4.1.conv2.weight"].data<float>().ToArray();
    }

    /// <summary>Numbers words as they come, from 1.</summary>
    private sealed class WordTokenizer
    {
        private readonly Dictionary<string, int> _words = [];

        public IReadOnlyList<int> EncodeToIds(string text) => [.. text.Split(' ').Select(word => _words.TryGetValue(word, out int id) ? id : _words[word] = _words.Count + 1)];
    }

    private sealed class Review
    {
        public string Text { get; set; } = "";

        public string Sentiment { get; set; } = "";
    }

    private sealed class Tokenized
    {
        [VectorType]
        public int[] Tokens { get; set; } = [];
    }
}
