using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Makes trainers of TorchSharp networks; reached by <c>mlContext.Fuse()</c>.</summary>
public sealed partial class FuseCatalog
{
    private readonly IHostEnvironment _environment;

    internal FuseCatalog(IHostEnvironment environment) => _environment = environment;

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
