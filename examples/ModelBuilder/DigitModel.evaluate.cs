using Microsoft.ML;

namespace Fuse.MLNet.Examples.ModelBuilder;

public partial class DigitModel
{
    /// <summary>Tells how much each feature matters: by how much the mean accuracy of the classes changes when the rows swap its values (permutation feature importance).</summary>
    /// <remarks>
    /// Every feature takes a pass over all rows: 49 passes here, where the 784 pixels of the whole picture would take 784. Give it some hundred rows.
    /// </remarks>
    /// <param name="mlContext">The context.</param>
    /// <param name="trainData">The rows, as the model takes them.</param>
    /// <param name="model">The model.</param>
    /// <param name="labelColumnName">The label.</param>
    /// <returns>The features and their importance, the most important first.</returns>
    public static List<Tuple<string, double>> CalculatePFI(MLContext mlContext, IDataView trainData, ITransformer model, string labelColumnName)
    {
        IDataView preprocessedTrainData = model.Transform(trainData);
        var permutationFeatureImportance = mlContext.MulticlassClassification.PermutationFeatureImportance(
            model, preprocessedTrainData, labelColumnName: labelColumnName, permutationCount: 1);
        return [.. permutationFeatureImportance
            .Select(feature => Tuple.Create(feature.Key, Math.Abs(feature.Value.MacroAccuracy.Mean)))
            .OrderByDescending(feature => feature.Item2)];
    }
}
