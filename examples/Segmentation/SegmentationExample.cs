using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Segmentation;

/// <summary>Trains a U-Net on pairs of pictures or volumes inside an ML.NET pipeline, measures it on held-out ones, saves it and shows what it does.</summary>
internal static class SegmentationExample
{
    private const int Shown = 4;
    private const double HeldOut = 0.2;

    /// <summary>Runs the example.</summary>
    public static void Run(SegmentationOptions options)
    {
        options.Check();
        ExampleProgram.InScratchFolder("segmentation", scratch => Run(options, scratch));
    }

    private static void Run(SegmentationOptions options, string scratch)
    {
        MLContext ml = ExampleProgram.Context(options.Seed);
        SegmentationData data = options.Volume ? VolumeData.Draw(ml, options, scratch, HeldOut) : ImageData.Open(ml, options, scratch, HeldOut);
        ITransformer model = data.BeforeNetwork(ml).Append(ml.Fuse().Train(Training(options, data))).Fit(data.Train);

        EvaluationResult result = ml.Fuse().Evaluate(model, data.HeldOut);
        IDataView scored = model.Transform(data.HeldOut);
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        ml.Model.Save(model, data.InputSchema, options.Model);
        CheckReloaded(options.Model, data.HeldOut, scores);
        (byte[] Grey, int[] Truth)[] truths = [.. data.Truths(scored)];
        StripRow[] rows = [.. truths.Zip(scores, (truth, score) => new StripRow(truth.Grey, truth.Truth, Predicted(score, data.Classes)))];
        ShowStrip(options.Strip, data, rows, [.. result.PerSample("dice").Select(row => row.Result["average"])]);
        if (data is { Classes: 2, Channels: 1 })
            ShowThresholds(rows);
        ExampleProgram.Print($"mean Dice: {result["test.metrics.dice.average"]:0.0000}");
    }

    private static FuseTrainer.Options Training(SegmentationOptions options, SegmentationData data) => new()
    {
        Columns = { ["data.image"] = data.Image, ["data.label"] = data.Label },
        Model = new ModelMultiHead
        {
            Inputs = ["data.image"],
            Backbone = data.Backbone,
            Heads = [new HeadDenseSegmentation { HeadName = "classes", NumClasses = data.Classes, Layers = [] }],
        },
        Losses =
        {
            ["dice"] = Loss.Dice() with { Pred = "model.logits.classes", Target = "data.label" },
            ["cross_entropy"] = Loss.SegmentationCrossEntropy(ClassWeighting.None) with { Pred = "model.logits.classes", Target = "data.label" },
        },
        Augment = { new RandomFlip { Images = ["data.image"], Masks = ["data.label"], Axes = [-1, -2] } },
        ValidationMetrics = { ["dice"] = new MetricDice("model.output.classes", "data.label") },
        BestEpochSource = [new("validation.metrics.dice.average", MonitorMode.Max)],
        Outputs = { ["Score"] = new("model.output.classes") },
        Optimizer = Optimizers.AdamW(lr: 3e-3, weightDecay: 1e-3),
        LearningRateScheduler = Schedules.OneCycle(),
        ValidationFraction = 0.15,
        BatchSize = data.BatchSize,
        MaxEpochs = options.Epochs ?? data.Epochs,
    };

    /// <summary>Gets the class of the highest score at each place of <c>[C, ...]</c>.</summary>
    private static int[] Predicted(float[] scores, int classes)
    {
        int places = scores.Length / classes;
        return [.. Enumerable.Range(0, places).Select(at => Enumerable.Range(0, classes).MaxBy(index => scores[(index * places) + at]))];
    }

    private static void CheckReloaded(string path, IDataView rows, float[][] scores)
    {
        // As another program does.
        IDataView again = new MLContext().Model.Load(path, out _).Transform(rows);
        foreach ((float[] before, float[] after) in scores.Zip(again.GetColumn<float[]>("Score")))
            if (!before.AsSpan().SequenceEqual(after))
                throw new InvalidDataException($"{path}: the reloaded model predicts something else than the trained one.");
        Console.WriteLine($"saved: {path}, and reloaded: it predicts the same");
    }

    private static void ShowStrip(string path, SegmentationData data, StripRow[] rows, double[] dice)
    {
        (int height, int width) = ((int)data.Shape[^2], (int)data.Shape[^1]);
        int worst = Array.IndexOf(dice, dice.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min());
        int[] shown = [.. Enumerable.Range(0, rows.Length).OrderBy(index => index == worst ? -1 : index).Take(Shown)];
        Strip.Write(path, [.. shown.Select(index => rows[index].MiddleSlice(height * width))], width, height);
        ExampleProgram.Print($"strip: {path}, {(data.Shape.Count == 3 ? "middle slices of " : "")}input, truth and prediction, on top those of the lowest held-out Dice, {dice[Math.Max(0, worst)]:0.0000}");
    }

    private static void ShowThresholds(StripRow[] rows)
    {
        bool[][] foreground = [.. rows.Select(row => row.Truth.Select(label => label == 1).ToArray())];
        double otsu = rows.Zip(foreground, (row, truth) => Threshold.OtsuDice(row.Input, truth)).Average();
        double best = rows.Zip(foreground, (row, truth) => Threshold.BestDice(row.Input, truth)).Average();
        ExampleProgram.Print($"brightness alone: Dice {otsu:0.0000} by Otsu's threshold, {best:0.0000} by the best threshold of each, chosen by its truth");
    }
}
