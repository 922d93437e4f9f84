using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet;

/// <summary>Appends a loss for each row; made by <c>mlContext.Fuse().Losses</c>. There is nothing to train: <c>Fit</c> binds the columns.</summary>
public sealed class LossEstimator : IEstimator<LossTransformer>
{
    private readonly LossBase _loss;
    private readonly KeyValuePair<string, TensorColumn>[] _columns;
    private readonly string _outputColumnName;
    private readonly ScoreKind _scoreKind;

    internal LossEstimator(LossBase loss, KeyValuePair<string, TensorColumn>[] columns, string outputColumnName, ScoreKind scoreKind)
    {
        _loss = loss;
        _columns = columns;
        _outputColumnName = outputColumnName;
        _scoreKind = scoreKind;
    }

    /// <summary>Binds the loss to the columns of a view; no row is read.</summary>
    /// <param name="input">The view.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, or what its scores are is not known.</exception>
    public LossTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        GetOutputSchema(SchemaShapes.Of(input.Schema));
        return new LossTransformer(new LossStage(_loss, _columns, _outputColumnName, ScoreAnnotation.Resolve(_scoreKind, _loss, _columns, input.Schema)));
    }

    /// <summary>Checks the input's columns and promises the loss column.</summary>
    /// <param name="inputSchema">The shape of the input's schema.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach ((string key, TensorColumn column) in _columns)
            InputCheck.Column(inputSchema, key, column);
        return InputCheck.With(inputSchema, [SchemaShapes.Column(_outputColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single)]);
    }
}
