using Microsoft.ML;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is the run that is killed and resumed: dropout, momentum, a schedule, a monitored best epoch and a checkpoint after each step.</summary>
internal static class KillTraining
{
    private const int Epochs = 3;
    private const int Rows = 240;

    /// <summary>Runs or resumes the training.</summary>
    /// <param name="folder">The folder of the checkpoints.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="resumeFrom">The checkpoint to go on from, or null.</param>
    /// <param name="callbacks">What else happens.</param>
    /// <returns>The bytes of the trained weights.</returns>
    public static byte[] Run(string folder, int seed, string? resumeFrom, params Callback[] callbacks)
    {
        var ml = new MLContext(seed);
        var options = new FuseTrainer.TrainingOptions
        {
            MaxEpochs = Epochs,
            BatchSize = 16,
            ValidationFraction = 0.2,
            ModelDirectory = folder,
            ResumeFrom = resumeFrom,
            Optimizer = Optimizers.AdamW(lr: 1e-3),
            LearningRateScheduler = Schedules.Cosine(),
            Callbacks = { new ModelCheckpoint { EverySteps = 1 } },
        };
        foreach (Callback callback in callbacks)
            options.Callbacks.Add(callback);
        // A wide layer, so that a checkpoint takes a moment to write.
        using FuseTransformer model = ml.Fuse().Train(Network.Of<Perceptron>(8192), new TensorColumn(nameof(Row.Features)), nameof(Row.Label), Loss.CrossEntropy(), options)
            .Fit(Row.View(ml, Rows, seed));
        return [.. model.Network.state_dict().SelectMany(pair => pair.Value.bytes.ToArray())];
    }
}
