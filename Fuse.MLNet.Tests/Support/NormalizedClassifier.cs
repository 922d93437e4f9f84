namespace Fuse.MLNet.Tests;

/// <summary>Is a linear layer behind batch normalization and dropout, so that it has buffers and draws random numbers.</summary>
public sealed class NormalizedClassifier : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.BatchNorm1d _norm = nn.BatchNorm1d(2);
    private readonly TorchSharp.Modules.Dropout _dropout = nn.Dropout(0.25);
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

    public NormalizedClassifier()
        : base(nameof(NormalizedClassifier)) => RegisterComponents();

    public float[] RunningMean() => _norm.running_mean!.data<float>().ToArray();

    public long Batches() => _norm.num_batches_tracked!.item<long>();

    public override Tensor forward(Tensor input) => _linear.call(_dropout.call(_norm.call(input)));
}
