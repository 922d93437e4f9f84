using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>
/// Is the base of trained networks: lets ML.NET's <c>PermutationFeatureImportance</c> permute the values of their feature vector, whether it is given the transformer or a
/// pipeline that ends with it.
/// </summary>
public abstract class PredictionTransformer : SavableTransformer, ISingleFeaturePredictionTransformer, ISingleFeaturePredictionTransformer<nn.Module>
{
    private protected PredictionTransformer()
    {
    }

    string ISingleFeaturePredictionTransformer.FeatureColumnName => Feature.Name;

    string ISingleFeaturePredictionTransformer<nn.Module>.FeatureColumnName => Feature.Name;

    DataViewType ISingleFeaturePredictionTransformer<nn.Module>.FeatureColumnType => Feature.Type;

    nn.Module IPredictionTransformer<nn.Module>.Model => TrainedNetwork;

    /// <summary>Gets the one column that the network reads.</summary>
    /// <exception cref="InvalidOperationException">It reads another number of columns.</exception>
    private protected abstract (string Name, DataViewType Type) Feature { get; }

    private protected abstract nn.Module TrainedNetwork { get; }
}
