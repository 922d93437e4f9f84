using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using static TorchSharp.torch.nn;

namespace Fuse.MLNet.Examples.MultiHead;

/// <summary>Trains, evaluates, saves and reloads a model of two heads, and shows what each input adds.</summary>
internal static class MultiHeadExample
{
    private const int TestGauges = 2000;

    /// <summary>Runs the example.</summary>
    public static void Run(int gauges, int epochs, int seed, string modelPath, string? runFolder = null, int testGauges = TestGauges)
    {
        if (gauges < 100)
            throw new ArgumentException($"--gauges must be at least 100, so that each state has some; it is {gauges}.");
        if (epochs < 1)
            throw new ArgumentException($"--epochs must be at least 1; it is {epochs}.");
        ExampleProgram.CheckFolderOf(modelPath, "model file");
        (Gauge[] train, Gauge[] test) = GaugeData.Generate(seed, gauges, testGauges);
        Console.WriteLine($"{train.Length} gauges to train on: {string.Join(", ", train.CountBy(gauge => gauge.State).OrderBy(pair => pair.Value).Select(pair => $"{pair.Value} {pair.Key}"))}");

        FuseTrainer.Options options = Training(gauges, epochs);
        if (runFolder is not null)
        {
            options.ModelDirectory = runFolder;
            options.Callbacks.Add(new TrainingReport());
            options.Callbacks.Add(new CsvLogger());
        }

        MLContext ml = ExampleProgram.Context(seed);
        IDataView rows = ml.Data.LoadFromEnumerable(train);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("State", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Fuse().Train(options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        ITransformer model = pipeline.Fit(rows);

        (MulticlassClassificationMetrics state, RegressionMetrics pressure) = Evaluate(ml, model, test);
        Console.WriteLine(state.ConfusionMatrix.GetFormattedConfusionTable());
        ShowInputs(ml, model, test, seed);
        ml.Model.Save(model, rows.Schema, modelPath);
        CheckReloaded(ml, modelPath, test, state, pressure);
        ExampleProgram.Print($"mean absolute error: {pressure.MeanAbsoluteError:0.0000} bar");
        ExampleProgram.Print($"accuracy: {state.MicroAccuracy:0.0000} (macro {state.MacroAccuracy:0.0000})");
    }

    private static FuseTrainer.Options Training(int gauges, int epochs) => new()
    {
        Columns =
        {
            ["data.image"] = new("Pixels", [1, 28, 28]) { Standardize = true },
            ["data.range"] = new("Range", [1]) { Standardize = true },
            ["data.temperature"] = new("Temperature", [1]) { Standardize = true },
            ["data.limit"] = new("Limit", [1]) { Standardize = true },
            ["data.state"] = new("State"),
            ["data.pressure"] = new("Pressure"),
        },
        Model = new ModelMultiHead
        {
            Inputs = ["data.image"],
            Backbone = Network.Of<DigitFeatures>(),
            Heads =
            [
                new HeadGlobalPoolingClassifier
                {
                    HeadName = "pressure", NumClasses = 1, Mode = HeadMode.Regression,
                    TabularInputs = ["data.range", "data.temperature"], TabularLayers = [32], Layers = [128, 64], DropoutRate = 0,
                },
                new HeadGlobalPoolingClassifier
                {
                    HeadName = "state", NumClasses = 3,
                    TabularInputs = ["data.range", "data.temperature", "data.limit"], TabularLayers = [32], Layers = [128, 64], DropoutRate = 0,
                },
            ],
        },
        Losses =
        {
            ["pressure_loss"] = new LossDefault((p, t) => functional.smooth_l1_loss(p, t), pred: "model.output.pressure", target: "data.pressure"),
            // First the backbone learns to read the gauge; what the reading means comes after.
            ["state_loss"] = new LossWarmUp(new LossDefault((p, t) => functional.cross_entropy(p, t), pred: "model.logits.state", target: "data.state"), iterations: 100),
        },
        ValidationMetrics =
        {
            ["auc"] = new MetricAUCROC("model.output.state", "data.state"),
            ["error"] = new MetricMAE("model.output.pressure", "data.pressure"),
        },
        BestEpochSource = [new("validation.metrics.auc.macro_avg", MonitorMode.Max)],
        // Seven of eight gauges are Normal: the batches hold as many of each state.
        Sampler = new BatchSamplerDefault { BalancedClassKey = "data.state", Mode = BatchSamplerMode.Approximate, NumBatches = Math.Max(1, gauges / 75) },
        Optimizer = Optimizers.AdamW(lr: 2e-3, weightDecay: 1e-3),
        LearningRateScheduler = Schedules.ReduceOnPlateau(monitor: "validation.losses.total_loss", factor: 0.3, patience: 1),
        Outputs =
        {
            ["Score"] = new("model.output.state", labelColumnName: "State"),
            ["Estimate"] = new("model.output.pressure") { Kind = OutputKind.Scalar },
        },
        ValidationFraction = 0.1,
        BatchSize = 64,
        MaxEpochs = epochs,
    };

    private static (MulticlassClassificationMetrics State, RegressionMetrics Pressure) Evaluate(MLContext ml, ITransformer model, Gauge[] gauges)
    {
        IDataView scored = model.Transform(ml.Data.LoadFromEnumerable(gauges));
        return (ml.MulticlassClassification.Evaluate(scored, labelColumnName: "State"), ml.Regression.Evaluate(scored, labelColumnName: "Pressure", scoreColumnName: "Estimate"));
    }

    /// <summary>Gives each gauge another one's input, so that it tells nothing, and shows how much worse the model is without it.</summary>
    private static void ShowInputs(MLContext ml, ITransformer model, Gauge[] gauges, int seed)
    {
        Gauge[] others = [.. gauges];
        new SeededRandom(seed, stream: 200, index: 0).Shuffle(others);
        (string Name, Action<Gauge, Gauge> Take)[] inputs =
        [
            ("with all inputs", (_, _) => { }),
            ("without the picture", (gauge, other) => gauge.Pixels = other.Pixels),
            ("without the range", (gauge, other) => gauge.Range = other.Range),
            ("without the temperature", (gauge, other) => gauge.Temperature = other.Temperature),
            ("without the limit", (gauge, other) => gauge.Limit = other.Limit),
        ];
        foreach ((string name, Action<Gauge, Gauge> take) in inputs)
        {
            Gauge[] changed = [.. gauges.Zip(others, (gauge, other) =>
            {
                var copy = new Gauge { Pixels = gauge.Pixels, Range = gauge.Range, Temperature = gauge.Temperature, Limit = gauge.Limit, Pressure = gauge.Pressure, State = gauge.State };
                take(copy, other);
                return copy;
            })];
            (MulticlassClassificationMetrics state, RegressionMetrics pressure) = Evaluate(ml, model, changed);
            ExampleProgram.Print($"{name,-24} accuracy {state.MicroAccuracy:0.000}, macro {state.MacroAccuracy:0.000}, mean absolute error {pressure.MeanAbsoluteError:0.000} bar");
        }
    }

    private static void CheckReloaded(MLContext ml, string path, Gauge[] gauges, MulticlassClassificationMetrics state, RegressionMetrics pressure)
    {
        (MulticlassClassificationMetrics stateAgain, RegressionMetrics pressureAgain) = Evaluate(ml, ml.Model.Load(path, out _), gauges);
        if (stateAgain.LogLoss != state.LogLoss || pressureAgain.MeanAbsoluteError != pressure.MeanAbsoluteError)
            throw new InvalidDataException($"{path}: the reloaded model predicts something else than the trained one.");
        Console.WriteLine($"saved: {path}, and reloaded: it predicts the same");
    }
}
