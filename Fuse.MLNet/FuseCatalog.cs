using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Makes trainers of TorchSharp networks; reached by <c>mlContext.Fuse()</c>.</summary>
public sealed partial class FuseCatalog
{
    private readonly MLContext _environment;

    internal FuseCatalog(MLContext environment) => _environment = environment;

    /// <summary>Makes a trainer of one network with one input, one label and one loss.</summary>
    /// <param name="network">The network, such as <c>Network.Of&lt;LeNet&gt;()</c>: one input tensor, one output tensor.</param>
    /// <param name="input">The input column and the shape of its tensor.</param>
    /// <param name="labelColumnName">The label: a key for classes, a Boolean for yes or no, a number, or a vector of any of them.</param>
    /// <param name="loss">The loss. Default: cross-entropy for a key, binary cross-entropy for Boolean, mean squared error for Single.</param>
    /// <param name="options">The options of training.</param>
    /// <returns>
    /// A trainer whose transformer adds <c>Score</c>: for a key label the class probabilities (the loss's link applied to the network's output) and
    /// <c>PredictedLabel</c>, a key with the label's KeyValues; for a vector of keys both at each place. For a Boolean label, and binary cross-entropy, the logit, <c>Probability</c> and
    /// <c>PredictedLabel</c>; for a vector the probabilities and <c>PredictedLabel</c>, those above 0.5. Else the network's output.
    /// </returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FuseTrainer Train(Network network, TensorColumn input, string labelColumnName = "Label", LossBase? loss = null, FuseTrainer.TrainingOptions? options = null) =>
        new(_environment, SupervisedPlan.Create(network, input, labelColumnName, loss, options));

    /// <summary>Makes a trainer of a model over the whole batch, with named columns, losses and outputs.</summary>
    /// <param name="options">The columns, the model, the losses, the outputs, and the options of training; copied.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    public FuseTrainer Train(FuseTrainer.Options options) => new(_environment, OptionsPlan.Create(options));

    /// <summary>Opens a folder of images, of which each folder in it is a class: <c>cat/1.jpg</c>, <c>dog/outdoors/7.png</c>.</summary>
    /// <remarks>
    /// Files that end in <c>.jpg</c>, <c>.jpeg</c>, <c>.png</c>, <c>.bmp</c>, <c>.gif</c> or <c>.webp</c>, at any depth, hidden ones left out, are rows in the order of their classes and then their paths,
    /// the same on every system. An image is decoded when its row is read, so memory holds one at a time. A file that does not begin as an image is found here, by reading its first bytes; a
    /// warning names those that are left out. A folder whose images all stand in itself, or <paramref name="labelColumnName"/> null, gives no label. ML.NET can neither cache images nor save them
    /// in a schema: keep them out of <c>AppendCacheCheckpoint</c>, or take the files' bytes instead, <c>LoadRawImageBytes("ImageSource", null, "ImagePath")</c>. Preview.
    /// </remarks>
    /// <param name="path">The folder.</param>
    /// <param name="imageColumnName">The column of images, of <c>MLImage</c>.</param>
    /// <param name="labelColumnName">The column of the classes' names, text; null takes all images in the folder without a label.</param>
    /// <returns>A view with the columns of the label, <c>ImagePath</c> (the full path), and the image.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no image in it.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder in it may not be read.</exception>
    /// <exception cref="ArgumentException">Two columns have the same name.</exception>
    public IDataView LoadImagesFromFolder(string path, string imageColumnName = "Image", string? labelColumnName = "Label")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(imageColumnName);
        return ImageFolderView.Create(_environment, path, imageColumnName, labelColumnName);
    }

    /// <summary>Measures a trained model on rows: its losses and test metrics, <c>test.losses.*</c> and <c>test.metrics.*</c>.</summary>
    /// <param name="model">What <c>Fit</c> returned: the network, or a pipeline whose last network is measured.</param>
    /// <param name="data">The rows as the model takes them, with what losses and metrics need, such as the label.</param>
    /// <param name="trainer">Gives the columns, losses and metrics when the model was loaded from a file, which holds none; the model's own by default.</param>
    /// <exception cref="ArgumentException">The model has no network, or a column is missing.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded from a file and no trainer is given, or a loss or metric failed.</exception>
    public EvaluationResult Evaluate(ITransformer model, IDataView data, FuseTrainer? trainer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        FuseTransformer network = FittedModel.Find(model);
        if (network.Description.Model is ModelEnsemble { Models: [ModelEnsembleMember, ..] })
            throw MLNetErrors.Mark(new InvalidOperationException("An ensemble of trained models has no losses and metrics of its own: evaluate the columns that it gives, " +
                "such as by mlContext.MulticlassClassification.Evaluate(model.Transform(data)), or each of its models."));
        TrainerPlan plan = trainer?.Plan ?? network.Plan ?? throw MLNetErrors.Mark(new InvalidOperationException(
            "The model was loaded from a file, which holds neither losses nor metrics: give the trainer that it was trained by, Evaluate(model, data, trainer)."));
        return TestRun.Run(_environment, network, FittedModel.TransformBefore(model, network, data), plan);
    }

    /// <summary>Measures how much a model depends on each column that it reads: permutes the column's values over the rows and evaluates it again.</summary>
    /// <remarks>
    /// ML.NET's <c>PermutationFeatureImportance</c> of a task's catalog permutes the single values of one feature vector; this one permutes whole columns: images, texts, vectors,
    /// each input of several. The permutations are <c>TrainingSeeds.Permutation(rows, seed, i)</c> of the <c>MLContext</c>'s seed, the same for each column. The values of one column at a time
    /// are held in memory, and the rows are read again for each permutation, so they must repeat. A column that losses read too, as an autoencoder's do, is permuted for both.
    /// </remarks>
    /// <param name="model">What <c>Fit</c> returned: the network, or a pipeline whose last network is measured.</param>
    /// <param name="data">The rows as the model takes them, with what losses and metrics need, such as the label.</param>
    /// <param name="trainer">Gives the losses and metrics when the model was loaded from a file, which holds none; the model's own by default.</param>
    /// <param name="columnNames">The columns of the data to permute. Default: all from which the network's inputs are made.</param>
    /// <param name="numberOfExamplesToUse">The number of rows to use, from the first. Default: all.</param>
    /// <param name="permutationCount">The number of permutations of each column.</param>
    /// <returns>For each column, by its name, how much each value of <see cref="Evaluate"/> changed.</returns>
    /// <exception cref="ArgumentException">The model has no network, or a column is missing or not read by the model.</exception>
    /// <exception cref="InvalidOperationException">The model was loaded from a file and no trainer is given, there is no row, or a loss or metric failed.</exception>
    public ImmutableDictionary<string, EvaluationStatistics> PermutationFeatureImportance(ITransformer model, IDataView data, FuseTrainer? trainer = null,
        IReadOnlyList<string>? columnNames = null, int? numberOfExamplesToUse = null, int permutationCount = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numberOfExamplesToUse ?? 1, nameof(numberOfExamplesToUse));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(permutationCount);
        return new PermutationRun(data, view => Evaluate(model, view, trainer), MLNetEnvironment.SeedOrRandom(_environment), numberOfExamplesToUse ?? Array.MaxLength)
            .Measure(PermutationRun.Choose(FittedModel.Sources(model, FittedModel.Find(model), data.Schema), columnNames), permutationCount);
    }

    /// <summary>Joins trained models, such as those of a cross-validation's folds or of several <c>.zip</c> files, into one that scores by all of them.</summary>
    /// <remarks>
    /// FuseMedML's <c>ModelEnsemble</c> of trained models. Of a pipeline its last network counts; steps before it stay outside, so all models must have been trained behind
    /// the same ones, and each normalizes its inputs by its own numbers. Weights are copied: the models may be disposed. The ensemble is saved and loaded as one model.
    /// </remarks>
    /// <param name="models">The models; they read the same columns and give the same ones, of the same classes.</param>
    /// <param name="vote">How they come to one score. Default: their mean.</param>
    /// <exception cref="ArgumentException">There is no model, or they do not go together; the message says which, and where.</exception>
    public FuseTransformer Ensemble(IEnumerable<ITransformer> models, EnsembleVote vote = EnsembleVote.Mean)
    {
        ArgumentNullException.ThrowIfNull(models);
        return TrainedEnsemble.Create(_environment, [.. models.Select(FittedModel.Find)], vote);
    }

    /// <summary>Makes a model that scores sooner: batch normalizations become part of the weights of the layers right before them.</summary>
    /// <remarks>
    /// Scores change by rounding only, about 1e-4 of the largest. A ResNet-18 took 5 % less time for images of 32 x 32 pixels and 3 % less for 224 x 224, on a CPU. Folded is what comes right behind
    /// a convolution or a linear layer in a <c>Sequential</c>, and in the library's own backbones; <c>MLContext.Log</c> says how many were. Saving, <c>Network</c>, <c>Evaluate</c> and the ONNX export
    /// have the weights as they were trained, so a loaded model is folded anew. It takes memory for the weights twice. Preview.
    /// </remarks>
    /// <param name="model">What <c>Fit</c> or <c>Load</c> returned; of a pipeline the last network counts.</param>
    /// <param name="data">Rows as the model takes them; ten at most are scored by both, to see that the scores are the same.</param>
    /// <returns>The model with a network of its own, and the other steps of the given one.</returns>
    /// <exception cref="ArgumentException">The model has no network, a column is missing, or there is no row.</exception>
    /// <exception cref="InvalidOperationException">The scores are not the same, because the network uses its layers in another way.</exception>
    public ITransformer FoldBatchNorm(ITransformer model, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        FuseTransformer network = FittedModel.Find(model);
        using ChannelLog log = MLNetEnvironment.OpenLog(_environment, nameof(FoldBatchNorm));
        return FittedModel.Replace(model, network, network.FoldBatchNorm(FittedModel.TransformBefore(model, network, data), log));
    }

    /// <summary>Writes a trained network as an ONNX file, which ONNX Runtime, ML.NET's <c>ApplyOnnxModel</c> and others run without TorchSharp.</summary>
    /// <remarks>
    /// Of a pipeline its last network alone is written, not the steps around it: <c>mlContext.Model.ConvertToOnnx</c> writes those too where they have an ONNX form. Inputs have the
    /// names of the network's input columns and the shapes of their tensors, <c>[N, C, H, W]</c>, with any number of rows <c>N</c>; a scalar column is <c>[N, 1]</c>, a key is counted from 1, and a
    /// column of files stands for the tensors that its reader gives. Normalization by <see cref="TensorColumn"/> is part of the graph. Outputs have the names of the columns that scoring
    /// adds: <c>Score</c>, <c>[N, 1]</c> for one number a row, and <c>PredictedLabel</c>, a key as UInt32 <c>[N, 1]</c>, without the values behind it.
    /// The network is run on some rows, to see what operations it does, and the graph must give what it gives on others; so <c>forward</c> may do the same for all rows only.
    /// Operators are those of ONNX's set 12. Preview.
    /// </remarks>
    /// <param name="model">What <c>Fit</c> or <c>Load</c> returned.</param>
    /// <param name="data">Rows as the model takes them, ten at most are read; without rows the network is run on random ones.</param>
    /// <param name="stream">What is written to.</param>
    /// <exception cref="ArgumentException">The model has no network, or a column is missing.</exception>
    /// <exception cref="NotSupportedException">The network does something that has no ONNX form, which the message names; nothing was written.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public void ExportOnnx(ITransformer model, IDataView data, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stream);
        FuseTransformer network = FittedModel.Find(model);
        using OnnxGraph graph = network.ToOnnx(FittedModel.TransformBefore(model, network, data), isFlat: false);
        OnnxWriter.Write(graph, stream);
    }

    /// <summary>Writes a trained network as an ONNX file, as <see cref="ExportOnnx(ITransformer, IDataView, Stream)"/> does.</summary>
    /// <param name="model">What <c>Fit</c> or <c>Load</c> returned.</param>
    /// <param name="data">Rows as the model takes them, ten at most are read; without rows the network is run on random ones.</param>
    /// <param name="path">The file; one that is there is replaced, whole or not at all.</param>
    /// <exception cref="ArgumentException">The model has no network, or a column is missing.</exception>
    /// <exception cref="NotSupportedException">The network does something that has no ONNX form, which the message names; nothing was written.</exception>
    public void ExportOnnx(ITransformer model, IDataView data, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream => ExportOnnx(model, data, stream));
    }

    /// <summary>Searches for a learning rate: trains some steps from fresh weights, each with a larger rate, and notes the loss.</summary>
    /// <param name="trainer">The trainer; it and its files stay as they are.</param>
    /// <param name="data">The training rows.</param>
    /// <param name="startRate">The rate of the first step.</param>
    /// <param name="endRate">The rate of the last step; the search ends before when the loss explodes.</param>
    /// <param name="steps">The number of optimizer steps.</param>
    /// <returns>Rates and losses, with a suggestion.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A rate is not positive, or they do not rise.</exception>
    public LearningRateSweep FindLearningRate(FuseTrainer trainer, IDataView data, double startRate = 1e-7, double endRate = 10, int steps = 100)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        if (!(startRate > 0 && endRate > startRate && double.IsFinite(endRate)))
            throw new ArgumentOutOfRangeException(nameof(startRate), startRate, $"The rates must be positive and rise; they are {startRate} and {endRate}.");
        if (trainer.Plan.Options.Optimizer.LearningRate == 0)
            throw new ArgumentException("The trainer's learning rate is 0, which no factor raises: give it any other.", nameof(trainer));
        var recorder = new SweepRecorder([], []);
        var options = (FuseTrainer.TrainingOptions)trainer.Plan.Options.Clone();
        options.TurnIntoSweep(new SweepSchedule(startRate, endRate, steps), steps, recorder);
        new FuseTrainer(_environment, trainer.Plan with { Options = options }).Fit(data).Dispose();
        return recorder.Sweep();
    }

    /// <summary>
    /// Gets or sets whether model files loaded through this <c>MLContext</c> may hold TorchScript, which is code. Default: false; loading one that does throws.
    /// </summary>
    /// <remarks>All other networks in model files are descriptions and weights. Set it for files whose origin you trust: <c>ml.Fuse().AllowTorchScript = true;</c>.</remarks>
    public bool AllowTorchScript
    {
        get => MLNetEnvironment.AllowsTorchScript(_environment);
        set => MLNetEnvironment.AllowTorchScript(_environment, value);
    }

    /// <summary>Checks a model file of a stranger before <c>mlContext.Model.Load</c> reads it, which may wait for ever on a damaged one.</summary>
    /// <remarks>
    /// ML.NET 5.0.1 comes to no end where the schema that it saved was cut off, before it asks Fuse for anything; here that is an error, as are entries that would unpack to far more than their bytes
    /// and two entries of one name. What is Fuse's own in the file, <c>Load</c> checks by itself. Steps of other libraries in a pipeline are read by their own code.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is not to be loaded; the message says why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void CheckModelFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelFileCheck.Check(_environment, path);
    }

    /// <summary>Gets the stages that append a loss for each row.</summary>
    public LossCatalog Losses { get; } = new();

    /// <summary>Registers a network class for loading, when it is neither in the assembly that trained it nor in the program itself.</summary>
    /// <typeparam name="TModule">The class.</typeparam>
    /// <param name="name">The full name of the class in the model file, when the class has another one here.</param>
    /// <remarks>Holds for the whole process, because services load models through contexts of their own.</remarks>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public void RegisterNetwork<TModule>(string? name = null)
        where TModule : nn.Module => ClassRegistry.Register(typeof(TModule), name);

    /// <summary>Registers a class derived from <see cref="LossBase"/> for loading, as <see cref="RegisterNetwork{TModule}"/> does for networks.</summary>
    /// <typeparam name="TLoss">The class.</typeparam>
    /// <param name="name">The full name of the class in the model file, when the class has another one here.</param>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public void RegisterLoss<TLoss>(string? name = null)
        where TLoss : LossBase => ClassRegistry.Register(typeof(TLoss), name);

    /// <summary>Registers a class derived from <see cref="TensorFileReader"/> for loading, as <see cref="RegisterNetwork{TModule}"/> does for networks.</summary>
    /// <typeparam name="TReader">The class.</typeparam>
    /// <param name="name">The full name of the class in the model file, when the class has another one here.</param>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "It is found on the catalog, as ML.NET's are.")]
    public void RegisterReader<TReader>(string? name = null)
        where TReader : TensorFileReader => ClassRegistry.Register(typeof(TReader), name);
}
