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

    /// <summary>Makes a trainer of a neural network for classes over a feature vector.</summary>
    /// <remarks><see cref="ModelTabular"/> over standardized features, with the defaults of <see cref="FuseTrainer.NeuralNetworkOptions"/>, and cross-entropy.</remarks>
    /// <param name="catalog">The trainers of <c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="labelColumnName">The label, a key.</param>
    /// <param name="featureColumnName">The features, a vector of numbers of known size; NaN is a missing value.</param>
    /// <param name="exampleWeightColumnName">A number column that weighs each row, or null.</param>
    /// <param name="batchSize">The number of rows a training step sees.</param>
    /// <param name="maxEpochs">The number of passes over the training rows.</param>
    /// <returns>A trainer whose transformer adds <c>Score</c>, the class probabilities, and <c>PredictedLabel</c>.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static FuseTrainer FuseNeuralNetwork(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null, int batchSize = 32, int maxEpochs = 100) =>
        catalog.FuseNeuralNetwork(Options(labelColumnName, featureColumnName, exampleWeightColumnName, batchSize, maxEpochs));

    /// <summary>Makes a trainer of a neural network for classes over numbers and categories.</summary>
    /// <param name="catalog">The trainers of <c>mlContext.MulticlassClassification</c>.</param>
    /// <param name="options">The columns, the network and the training; copied. The label is a key.</param>
    /// <inheritdoc cref="FuseNeuralNetwork(MulticlassClassificationCatalog.MulticlassClassificationTrainers, string, string, string?, int, int)" path="/returns|/exception"/>
    public static FuseTrainer FuseNeuralNetwork(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, FuseTrainer.NeuralNetworkOptions options) =>
        Trainer(catalog, OutputTask.MulticlassClassification, options);

    /// <summary>Makes a trainer of a neural network for yes or no over a feature vector.</summary>
    /// <remarks><see cref="ModelTabular"/> over standardized features, with the defaults of <see cref="FuseTrainer.NeuralNetworkOptions"/>, and binary cross-entropy.</remarks>
    /// <param name="catalog">The trainers of <c>mlContext.BinaryClassification</c>.</param>
    /// <param name="labelColumnName">The label, a Boolean.</param>
    /// <param name="featureColumnName">The features, a vector of numbers of known size; NaN is a missing value.</param>
    /// <param name="exampleWeightColumnName">A number column that weighs each row, or null.</param>
    /// <param name="batchSize">The number of rows a training step sees.</param>
    /// <param name="maxEpochs">The number of passes over the training rows.</param>
    /// <returns>A trainer whose transformer adds <c>Score</c>, the logit, <c>Probability</c>, and <c>PredictedLabel</c>, whether the score is positive.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static FuseTrainer FuseNeuralNetwork(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null, int batchSize = 32, int maxEpochs = 100) =>
        catalog.FuseNeuralNetwork(Options(labelColumnName, featureColumnName, exampleWeightColumnName, batchSize, maxEpochs));

    /// <summary>Makes a trainer of a neural network for yes or no over numbers and categories.</summary>
    /// <param name="catalog">The trainers of <c>mlContext.BinaryClassification</c>.</param>
    /// <param name="options">The columns, the network and the training; copied. The label is a Boolean.</param>
    /// <inheritdoc cref="FuseNeuralNetwork(BinaryClassificationCatalog.BinaryClassificationTrainers, string, string, string?, int, int)" path="/returns|/exception"/>
    public static FuseTrainer FuseNeuralNetwork(this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, FuseTrainer.NeuralNetworkOptions options) =>
        Trainer(catalog, OutputTask.BinaryClassification, options);

    /// <summary>Makes a trainer of a neural network for a number over a feature vector.</summary>
    /// <remarks>
    /// <see cref="ModelTabular"/> over standardized features, with the defaults of <see cref="FuseTrainer.NeuralNetworkOptions"/>, and the mean squared error. The label is standardized
    /// inside, and the losses of the History are in its standard deviations; the score has the label's units.
    /// </remarks>
    /// <param name="catalog">The trainers of <c>mlContext.Regression</c>.</param>
    /// <param name="labelColumnName">The label, a Single; a vector of them is predicted as one, and measured by <c>mlContext.Fuse().EvaluateMultiOutputRegression</c>.</param>
    /// <param name="featureColumnName">The features, a vector of numbers of known size; NaN is a missing value.</param>
    /// <param name="exampleWeightColumnName">A number column that weighs each row, or null.</param>
    /// <param name="batchSize">The number of rows a training step sees.</param>
    /// <param name="maxEpochs">The number of passes over the training rows.</param>
    /// <returns>A trainer whose transformer adds <c>Score</c>, the prediction.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static FuseTrainer FuseNeuralNetwork(this RegressionCatalog.RegressionTrainers catalog,
        string labelColumnName = "Label", string featureColumnName = "Features", string? exampleWeightColumnName = null, int batchSize = 32, int maxEpochs = 100) =>
        catalog.FuseNeuralNetwork(Options(labelColumnName, featureColumnName, exampleWeightColumnName, batchSize, maxEpochs));

    /// <summary>Makes a trainer of a neural network for a number over numbers and categories.</summary>
    /// <param name="catalog">The trainers of <c>mlContext.Regression</c>.</param>
    /// <param name="options">The columns, the network and the training; copied. The label is a Single, or a vector of them.</param>
    /// <inheritdoc cref="FuseNeuralNetwork(RegressionCatalog.RegressionTrainers, string, string, string?, int, int)" path="/returns|/exception|/remarks"/>
    public static FuseTrainer FuseNeuralNetwork(this RegressionCatalog.RegressionTrainers catalog, FuseTrainer.NeuralNetworkOptions options) =>
        Trainer(catalog, OutputTask.Regression, options);

    private static FuseTrainer.NeuralNetworkOptions Options(string label, string features, string? weight, int batchSize, int maxEpochs)
    {
        ArgumentException.ThrowIfNullOrEmpty(features);
        return new() { LabelColumnName = label, FeatureColumnName = features, ExampleWeightColumnName = weight, BatchSize = batchSize, MaxEpochs = maxEpochs };
    }

    private static FuseTrainer Trainer(TrainCatalogBase.CatalogInstantiatorBase catalog, OutputTask task, FuseTrainer.NeuralNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        MLNetMembers.Check();
        return new FuseTrainer(MLNetEnvironment.Of(catalog), TabularPlan.Create(task, options));
    }
}
