using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Finds the trained network in what a pipeline's <c>Fit</c> returned.</summary>
internal static class FittedModel
{
    /// <summary>Gets the last network of a model.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static FuseTransformer Find(ITransformer model) => Steps(model).OfType<FuseTransformer>().LastOrDefault()
        ?? throw new ArgumentException($"The model, {model.GetType().Name}, has no network that mlContext.Fuse().Train trained among its steps.", nameof(model));

    /// <summary>Runs the steps of a model that come before its network.</summary>
    public static IDataView TransformBefore(ITransformer model, FuseTransformer network, IDataView data)
    {
        foreach (ITransformer step in Steps(model).TakeWhile(step => step != network))
            data = step.Transform(data);
        return data;
    }

    private static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];
}
