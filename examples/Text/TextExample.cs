using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Text;

/// <summary>Trains, evaluates and saves a small transformer over token ids, compares it with a bag of words, and uses a saved one.</summary>
internal static class TextExample
{
    private const int TestReviews = 1000;
    private const int MaxTokens = 28;
    private const int FewestWords = 5;

    /// <summary>Trains, evaluates and saves a model.</summary>
    public static void Train(int reviews, int epochs, int seed, string modelPath)
    {
        if (reviews < 100)
            throw new ArgumentException($"--reviews must be at least 100; it is {reviews}.");
        if (epochs < 1)
            throw new ArgumentException($"--epochs must be at least 1; it is {epochs}.");
        ExampleProgram.CheckFolderOf(modelPath, "model file");
        (Review[] train, Review[] test) = Reviews(reviews, seed);
        Console.WriteLine($"{train.Length} reviews, such as: {train[0].Text} ({train[0].Sentiment})");
        int tokens = TokenizeText.WriteVocabulary(VocabularyPath(modelPath), train.Select(review => review.Text), FewestWords);
        TokenizeText.Open(VocabularyPath(modelPath));

        MLContext ml = ExampleProgram.Context(seed);
        IDataView rows = ml.Data.LoadFromEnumerable(train);
        var pipeline = ml.Transforms.CustomMapping<Review, TokenizedReview>(TokenizeText.Map, TokenizeText.Contract)
            .Append(ml.Transforms.Conversion.MapValueToKey("Sentiment"))
            .Append(ml.Fuse().Train(Training(tokens, epochs)))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(rows);
        ml.Model.Save(model, rows.Schema, modelPath);
        Console.WriteLine($"saved: {modelPath}, and the vocabulary of {tokens} tokens beside it");
        ExampleProgram.Print($"a bag of words and pairs of words: {BagOfWords(ml, rows, test):0.0000}");
        Evaluate(ml, model, test);
    }

    /// <summary>Loads a saved model and uses it, as another program does.</summary>
    public static void Predict(string modelPath, string? text)
    {
        TokenizeText.Open(VocabularyPath(modelPath));
        var ml = new MLContext();
        ml.ComponentCatalog.RegisterAssembly(typeof(TokenizeText).Assembly);
        ITransformer model = ml.Model.Load(modelPath, out _);
        FuseTransformer network = (model as IEnumerable<ITransformer>)?.OfType<FuseTransformer>().FirstOrDefault()
            ?? throw new InvalidDataException($"{modelPath} holds a model, but not one that this program trained.");
        if (text is null)
        {
            Evaluate(ml, model, Reviews(0, (int)network.Seed).Test);
            return;
        }
        using PredictionEngine<Review, Verdict> engine = ml.Model.CreatePredictionEngine<Review, Verdict>(model);
        Verdict verdict = engine.Predict(new() { Text = text });
        ExampleProgram.Print($"{verdict.PredictedLabel}, with probability {verdict.Score.Max():0.000}");
    }

    private static FuseTrainer.Options Training(int tokens, int epochs) => new()
    {
        // Rows have as many ids as their texts have tokens; they are filled up by 0, to which nothing attends.
        Columns = { ["data.tokens"] = new("Tokens") { PadTo = MaxTokens }, ["data.sentiment"] = new("Sentiment") },
        Model = new ModelMultiHead
        {
            Inputs = ["data.tokens"],
            Backbone = new BackboneTextEncoder { NumTokens = tokens, MaxSeqLen = MaxTokens, EmbDim = 48, Depth = 2, Heads = 4, DimHead = 12, Dropout = 0 },
            Heads = [new Head1D { HeadName = "sentiment", NumOutputs = 2, Layers = [] }],
        },
        Losses = { ["cross_entropy"] = Loss.CrossEntropy() with { Pred = "model.logits.sentiment", Target = "data.sentiment" } },
        ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.output.sentiment", "data.sentiment") },
        BestEpochSource = [new("validation.metrics.accuracy", MonitorMode.Max)],
        Outputs = { ["Score"] = new("model.output.sentiment", labelColumnName: "Sentiment") },
        Optimizer = Optimizers.AdamW(lr: 3e-3, weightDecay: 1e-2),
        LearningRateScheduler = Schedules.OneCycle(),
        GradientClipNorm = 1,
        ValidationFraction = 0.1,
        BatchSize = 64,
        MaxEpochs = epochs,
    };

    /// <summary>Writes the reviews: the first ones are the test's, whatever the number of the others is.</summary>
    private static (Review[] Train, Review[] Test) Reviews(int count, int seed)
    {
        Review[] all = ReviewWriter.Write(TestReviews + count, seed);
        return (all[TestReviews..], all[..TestReviews]);
    }

    private static void Evaluate(MLContext ml, ITransformer model, Review[] test)
    {
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test)), labelColumnName: "Sentiment");
        Console.WriteLine(metrics.ConfusionMatrix.GetFormattedConfusionTable());
        ExampleProgram.Print($"test accuracy: {metrics.MicroAccuracy:0.0000}");
    }

    private static double BagOfWords(MLContext ml, IDataView train, Review[] test)
    {
        ITransformer model = ml.Transforms.Conversion.MapValueToKey("Sentiment").Append(ml.Transforms.Text.FeaturizeText("Features", "Text"))
            .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Sentiment")).Fit(train);
        return ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test)), labelColumnName: "Sentiment").MicroAccuracy;
    }

    private static string VocabularyPath(string modelPath) => Path.ChangeExtension(modelPath, ".vocab.txt");
}
