namespace Fuse.MLNet;

/// <summary>Steps all parameters of a type in one call of libtorch's own kernels.</summary>
internal sealed class FusedOptimizer : ParameterOptimizer
{
    private readonly FusedBucket[] _buckets;

    /// <summary>Builds the optimizer; its kernel must fit the parameters.</summary>
    public FusedOptimizer(FusedKernel kernel, IReadOnlyList<OptimizedGroup> groups, double learningRate)
        : base(learningRate)
    {
        using var noGrad = no_grad();
        _buckets =
        [
            .. groups.SelectMany(group => group.Parameters.GroupBy(parameter => (parameter.Value.dtype, parameter.Value.device.ToString()))
                .Select(part => new FusedBucket(kernel, group with { Parameters = [.. part] }, learningRate))),
        ];
    }

    /// <summary>Tells whether a kernel runs on all parameters.</summary>
    public static bool Fits(FusedKernel kernel, IReadOnlyList<OptimizedGroup> groups) =>
        groups.SelectMany(group => group.Values).All(parameter => IsDense(parameter) && kernel.Runs(parameter.device, parameter.dtype));

    /// <inheritdoc/>
    public override void ZeroGrad()
    {
        foreach (FusedBucket bucket in _buckets)
            bucket.ZeroGrad();
    }

    /// <inheritdoc/>
    public override void Step(Func<Tensor>? closure)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (FusedBucket bucket in _buckets)
            bucket.Step();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> SaveState() => _buckets.SelectMany(bucket => bucket.State()).ToDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Check(state, SaveState());
        foreach (FusedBucket bucket in _buckets)
            bucket.Load(state);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (FusedBucket bucket in _buckets)
            bucket.Dispose();
    }

    private protected override void OnScale(double factor)
    {
        foreach (FusedBucket bucket in _buckets)
            bucket.SetLearningRate(LearningRate);
    }

    /// <summary>Tells whether a tensor's elements fill its memory, in whatever order.</summary>
    private static bool IsDense(Tensor tensor)
    {
        if (tensor.is_contiguous())
            return true;
        long expected = 1;
        foreach ((long stride, long size) in tensor.stride().Zip(tensor.shape).Where(axis => axis.Second != 1).Order())
        {
            if (stride != expected)
                return false;
            expected *= size;
        }
        return true;
    }
}
