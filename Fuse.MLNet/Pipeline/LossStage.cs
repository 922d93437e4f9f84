namespace Fuse.MLNet;

/// <summary>Computes the loss of each row of a batch. Safe from many threads at once.</summary>
internal sealed class LossStage : IBatchScorer, IDisposable
{
    private readonly LossBase _loss;
    private readonly LossModule _module;
    private readonly ScoreKind _scoreKind;
    private readonly SharedModule _shared;

    public LossStage(LossBase loss, IReadOnlyList<KeyValuePair<string, TensorColumn>> columns, string outputColumnName, ScoreKind scoreKind)
    {
        _loss = loss;
        _scoreKind = scoreKind;
        Columns = columns;
        Output = new FittedOutput { Name = outputColumnName, Key = outputColumnName, Activation = Activation.None, Kind = OutputKind.Scalar, Shape = [] };
        if (loss.WhyNotRowByRow() is { } reason)
            throw MLNetErrors.Mark(new InvalidOperationException($"{loss.GetType().Name} cannot be appended to rows: {reason}."));
        using IDisposable random = RandomState.Borrow();
        _module = ModuleBuilder.Own(new LossModule(outputColumnName, loss));
        _module.eval();
        if (_module.parameters().Any())
        {
            _module.Dispose();
            throw MLNetErrors.Mark(new InvalidOperationException($"{loss.GetType().Name} has parameters of its own, which training would set; a loss stage trains nothing."));
        }
        _shared = new SharedModule(_module, nameof(LossTransformer));
    }

    public IReadOnlyList<KeyValuePair<string, TensorColumn>> Columns { get; }

    public FittedOutput Output { get; }

    public float[][] Score(IReadOnlyList<ColumnBinding> bindings, byte[][] inputs, int rows) => _shared.Use<float[][]>(() =>
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        BatchDict batch = ScoringBatch.Create(bindings, inputs, rows, CPU, Phase.Test);
        if (_loss.PredictionKey is { } key && batch.TryGet<Tensor>(key, out Tensor? scores))
            batch[key] = ScoreAnnotation.ToLogits(scores, _scoreKind, _loss.Link);
        if (!_loss.DependsOnBatch)
            return [ScoringBatch.ToArray(_module.ForwardRows(batch))];
        // One by one, so that a row's loss does not depend on its neighbours in a batch.
        return [[.. Enumerable.Range(0, rows).SelectMany(row => ScoringBatch.ToArray(_module.ForwardRows(batch.SelectRows(tensor([(long)row])))))]];
    });

    public LossStageDescription Describe()
    {
        ThrowIfDisposed();
        return new LossStageDescription
        {
            FuseVersion = LibraryVersion.Fuse,
            Loss = SavedLoss.Of(_loss),
            Columns = new(Columns),
            OutputColumnName = Output.Name,
            ScoreKind = _scoreKind,
        };
    }

    public void ThrowIfDisposed() => _shared.ThrowIfDisposed();

    public void Dispose() => _shared.Dispose();
}
