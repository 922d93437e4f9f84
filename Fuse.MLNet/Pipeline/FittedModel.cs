using Microsoft.ML;
using Microsoft.ML.Data;

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

    /// <summary>Gets the columns of the data from which the steps before a model's network make the columns that the network reads.</summary>
    /// <exception cref="InvalidOperationException">A step does not say from which columns it makes its own.</exception>
    public static IReadOnlyList<DataViewSchema.Column> Sources(ITransformer model, FuseTransformer network, DataViewSchema schema)
    {
        var mappers = new Stack<IRowToRowMapper>();
        DataViewSchema current = schema;
        foreach (ITransformer step in Steps(model).TakeWhile(step => step != network))
        {
            mappers.Push(step.IsRowToRowMapper ? step.GetRowToRowMapper(current) : throw MLNetErrors.Mark(new InvalidOperationException(
                $"The step {step.GetType().Name} before the network does not map rows one by one, so it is not known which columns of the data the network's come from: " +
                "transform the data by the steps before the network, and give the network alone as the model.")));
            current = mappers.Peek().OutputSchema;
        }
        IEnumerable<DataViewSchema.Column> columns = ColumnBinding.BindAll(current, network.Description.Columns).Select(binding => binding.Source).DistinctBy(column => column.Index);
        foreach (IRowToRowMapper mapper in mappers)
            columns = mapper.GetDependencies(columns);
        return [.. columns.OrderBy(column => column.Index)];
    }

    /// <summary>Makes the same model with another network in the place of its last one; the other steps are shared.</summary>
    public static ITransformer Replace(ITransformer model, FuseTransformer network, FuseTransformer by) =>
        model == network ? by : new TransformerChain<ITransformer>([.. Steps(model).Select(step => step == network ? by : step)]);

    private static IEnumerable<ITransformer> Steps(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];
}
