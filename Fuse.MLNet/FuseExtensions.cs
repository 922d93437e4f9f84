using Fuse.MLNet;

namespace Microsoft.ML;

/// <summary>Adds Fuse.MLNet to ML.NET's contexts and catalogs.</summary>
public static class FuseExtensions
{
    /// <summary>Opens Fuse.MLNet: trainers of TorchSharp networks.</summary>
    /// <param name="mlContext">The context, whose seed, log and GPU setting hold.</param>
    /// <exception cref="NotSupportedException">This version of ML.NET lacks an internal member that Fuse.MLNet uses; the message names both.</exception>
    public static FuseCatalog Fuse(this MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        MLNetMembers.Check();
        return new FuseCatalog(mlContext);
    }

    /// <summary>Makes a trainer of a neural network for classes over a feature vector: standardized features, two hidden layers of 64.</summary>
    /// <param name="catalog">The trainers of <c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of known size.</param>
    /// <param name="exampleWeightColumnName">A number column that weighs each row, or null.</param>
    /// <param name="batchSize">The number of rows a training step sees.</param>
    /// <param name="maxEpochs">The number of passes over the training rows.</param>
    /// <returns>A trainer whose transformer adds <c>Score</c>, the class probabilities, and <c>PredictedLabel</c>.</returns>
    public static FuseTrainer FuseNeuralNetwork(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null, int batchSize = 32, int maxEpochs = 50)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        MLNetMembers.Check();
        return new FuseTrainer(MLNetEnvironment.Of(catalog), SupervisedPlan.Create(new MultilayerPerceptronNetwork(),
            new TensorColumn(featureColumnName) { Standardize = true }, labelColumnName, Loss.CrossEntropy(),
            new FuseTrainer.TrainingOptions { BatchSize = batchSize, MaxEpochs = maxEpochs, ExampleWeightColumnName = exampleWeightColumnName }));
    }
}
