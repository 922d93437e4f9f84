// A walkthrough of Fuse.MLNet. It trains a model, lets it predict, and evaluates the predictions; every TODO is a place to put in your own.
//
// A training program has five building blocks:
//   (1) Data       an ML.NET view: rows with named columns
//   (2) Model      a backbone and heads, or any TorchSharp module
//   (3) Losses     named losses, whose weighted sum is minimized
//   (4) Metrics    what is measured after every epoch, and which epoch is the best
//   (5) Train      the optimizer, the learning rate, and how long
//
// Terms:
//   sample id      what tells a row from all others
//   batch_dict     what a batch is to models, losses and metrics: values by dotted keys, such as data.image and model.output.diagnosis.
//                  Columns put data.* into it, the model adds model.*, losses add losses.* and metrics add metrics.*.
//   description    options, models, losses and metrics only describe. Each Fit builds new ones, so nothing is shared between two runs.
//
// Run it as a whole, or one mode after the other:  dotnet run -c Release -- train | infer | eval

using System.Globalization;
using Fuse.MLNet;
using Fuse.MLNet.Examples.Template;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using static TorchSharp.torch.nn;

// The files of a run. TODO: choose a folder.
const string modelDirectory = "model_dir";
string modelFile = Path.Combine(modelDirectory, "model.zip");
string inferFile = Path.Combine(modelDirectory, "infer", "test_set_infer.csv");
string evalFile = Path.Combine(modelDirectory, "eval", "results.txt");

// The seed decides every random choice: the same seed gives the same model, bit for bit.
const int seed = 1234;

string[] modes = args.Length > 0 ? args : ["train", "infer", "eval"];
foreach (string mode in modes)
{
    switch (mode)
    {
        case "train":
            RunTrain();
            break;
        case "infer":
            RunInfer();
            break;
        case "eval":
            RunEval();
            break;
        default:
            Console.Error.WriteLine($"There is no mode '{mode}': give train, infer or eval, or nothing for all of them.");
            return 1;
    }
}
return 0;

// (1) Data
// TODO: load your own rows, such as by ml.Data.LoadFromTextFile<Case>("cases.csv", hasHeader: true, separatorChar: ','). Rows that do not fit in memory are
// streamed. Pictures in files are loaded by ml.Transforms.LoadImages, and volumes by a TensorColumn with a Reader.
//
// A patient's pictures look alike, so they must not be on both sides of the split: samplingKeyColumnName keeps them together.
DataOperationsCatalog.TrainTestData Data(MLContext ml) =>
    ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(Case.Draw(patients: 300, seed)), testFraction: 0.2, samplingKeyColumnName: nameof(Case.PatientId), seed: seed);

void RunTrain()
{
    Console.WriteLine("Fuse Train");
    var ml = new MLContext(seed);
    IDataView train = Data(ml).TrainSet;

    var options = new FuseTrainer.Options
    {
        // (1) Data: each column gets a key in the batch, and its rows a shape. Standardize subtracts the mean of the training rows and divides by their deviation.
        Columns =
        {
            ["data.image"] = new(nameof(Case.Pixels), [1, Case.Side, Case.Side]) { Standardize = true },
            ["data.diagnosis"] = new(nameof(Case.Diagnosis)),
            ["data.diameter"] = new(nameof(Case.Diameter)),
        },
        SampleIdColumnName = nameof(Case.SampleId),

        // Some patients are set aside to validate with after every epoch.
        ValidationFraction = 0.2,
        SamplingKeyColumnName = nameof(Case.PatientId),

        // The ill are few: batches hold as many of each diagnosis. BalancedClassWeights gives other shares.
        BatchSize = 32,
        Sampler = new BatchSamplerDefault { BalancedClassKey = "data.diagnosis" },

        // Training batches are changed at random, and no epoch sees the same picture twice. Images are named, and so would be masks that belong to them.
        Augment = { new RandomFlip { Images = ["data.image"] } },

        // (2) Model: one backbone reads the picture, and each head makes something of its features, as model.output.<head>. There are ready-made backbones
        // (BackboneResnet, BackboneUnet, BackboneViT and more); ModelWrapSeqToDict takes a network that needs no heads.
        Model = new ModelMultiHead
        {
            Inputs = ["data.image"],
            Backbone = Network.Of<SpotNetwork>(8),
            Heads =
            [
                new HeadGlobalPoolingClassifier { HeadName = "diagnosis", NumClasses = 2, Layers = [32] },
                new HeadGlobalPoolingClassifier { HeadName = "diameter", NumClasses = 1, Layers = [32], Mode = HeadMode.Regression, Pooling = GlobalPooling.Average },
            ],
        },

        // (3) Losses: each reads a prediction and a target from the batch. LossDefault takes any function of the two; Loss.Dice, Loss.Focal and others are ready-made.
        // They are logged as train.losses.<name> and validation.losses.<name>, their sum as total_loss.
        Losses =
        {
            ["diagnosis"] = new LossDefault((p, t) => functional.cross_entropy(p, t), pred: "model.logits.diagnosis", target: "data.diagnosis"),
            ["diameter"] = new LossDefault((p, t) => functional.smooth_l1_loss(p, t), pred: "model.output.diameter", target: "data.diameter", weight: 0.5),
        },

        // (4) Metrics: logged as train.metrics.<name> and validation.metrics.<name>. The best epoch is the one whose weights the model gets.
        // With more than two diagnoses there would be an area under the curve for each, and their mean, auc.macro_avg.
        TrainMetrics = { ["accuracy"] = new MetricAccuracy("model.output.diagnosis", "data.diagnosis") },
        ValidationMetrics =
        {
            ["accuracy"] = new MetricAccuracy("model.output.diagnosis", "data.diagnosis"),
            ["auc"] = new MetricAUCROC("model.output.diagnosis", "data.diagnosis"),
            ["error"] = new MetricMAE("model.output.diameter", "data.diameter"),
        },
        BestEpochSource = [new("validation.metrics.auc", MonitorMode.Max)],

        // (5) Train: the rate falls when the validation loss does not. It runs on a GPU if TorchSharp finds one, else on the CPU.
        Optimizer = Optimizers.AdamW(lr: 3e-3, weightDecay: 1e-3),
        LearningRateScheduler = Schedules.ReduceOnPlateau(monitor: "validation.losses.total_loss", patience: 2),
        // FastDevRun = true tries everything out on one batch.
        MaxEpochs = 8,
        Callbacks = { new ProgressBar(), new EarlyStopping(new("validation.losses.total_loss"), patience: 5) },

        // The folder gets checkpoints and a table of every epoch beside the best one. With ResumeFrom = "last" a run that was interrupted goes on.
        ModelDirectory = modelDirectory,

        // The columns that scoring adds: Score with the diagnoses' probabilities, PredictedLabel beside it, and the diameter.
        Outputs =
        {
            ["Score"] = new("model.output.diagnosis", labelColumnName: nameof(Case.Diagnosis)),
            ["PredictedDiameter"] = new("model.output.diameter") { Kind = OutputKind.Scalar },
        },
    };

    // The network is one step of an ML.NET pipeline. The steps before and after it are saved with it.
    var pipeline = ml.Transforms.Conversion.MapValueToKey(nameof(Case.Diagnosis), keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
        .Append(ml.Fuse().Train(options))
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    ITransformer model = pipeline.Fit(train);
    ml.Model.Save(model, train.Schema, modelFile);
    Console.WriteLine($"Fuse Train: Done, {modelFile}");
}

// Inference: the saved model predicts the cases that it has not seen, and its predictions become a file. Any program can do so that has the class SpotNetwork.
void RunInfer()
{
    Console.WriteLine("Fuse Inference");
    var ml = new MLContext(seed);
    ITransformer model = ml.Model.Load(modelFile, out _);
    IDataView scored = model.Transform(Data(ml).TestSet);
    IDataView table = ml.Transforms.Conversion.MapKeyToValue(nameof(Case.Diagnosis))
        .Append(ml.Transforms.SelectColumns(nameof(Inferred.SampleId), nameof(Inferred.Diagnosis), nameof(Inferred.PredictedLabel),
            nameof(Inferred.Diameter), nameof(Inferred.PredictedDiameter), nameof(Inferred.Score)))
        .Fit(scored).Transform(scored);

    Directory.CreateDirectory(Path.GetDirectoryName(inferFile)!);
    using (FileStream file = File.Create(inferFile))
        ml.Data.SaveAsText(table, file, separatorChar: ',', schema: false, forceDense: true);
    Console.WriteLine($"Fuse Inference: Done, {inferFile}");
}

// Evaluation: ML.NET's evaluators read the file of predictions, so that it can be evaluated again, or otherwise, without the model.
void RunEval()
{
    Console.WriteLine("Fuse Eval");
    var ml = new MLContext(seed);
    IDataView inferred = ml.Data.LoadFromTextFile<Inferred>(inferFile, hasHeader: true, separatorChar: ',');
    // The diagnoses in the order of Score.
    string[] diagnoses = ["Benign", "Malignant"];
    IDataView classes = ml.Data.LoadFromEnumerable(diagnoses.Select(name => new { Diagnosis = name }));
    InputOutputColumnPair[] labels = [new(nameof(Inferred.Diagnosis)), new(nameof(Inferred.PredictedLabel))];
    IDataView keyed = ml.Transforms.Conversion.MapValueToKey(labels, keyData: classes).Fit(inferred).Transform(inferred);

    MulticlassClassificationMetrics diagnosis = ml.MulticlassClassification.Evaluate(keyed, nameof(Inferred.Diagnosis));
    RegressionMetrics diameter = ml.Regression.Evaluate(keyed, nameof(Inferred.Diameter), nameof(Inferred.PredictedDiameter));
    string results = string.Create(CultureInfo.InvariantCulture, $"""
        {diagnosis.ConfusionMatrix.GetFormattedConfusionTable().Trim()}
        {string.Join(", ", diagnoses.Select((name, index) => $"{index} is {name}"))}

        accuracy: {diagnosis.MicroAccuracy:0.0000}
        mean accuracy over diagnoses: {diagnosis.MacroAccuracy:0.0000}
        log-loss: {diagnosis.LogLoss:0.0000}
        mean absolute error of the diameter: {diameter.MeanAbsoluteError:0.0000} mm
        """);

    Directory.CreateDirectory(Path.GetDirectoryName(evalFile)!);
    File.WriteAllText(evalFile, results + Environment.NewLine);
    Console.WriteLine(results);
    Console.WriteLine($"Fuse Eval: Done, {evalFile}");
}
