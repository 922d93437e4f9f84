using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Lets the batch normalizations of a module measure the rows of all processes while they are trained. PyTorch's <c>SyncBatchNorm</c>.</summary>
/// <remarks>Hooks on the layers do it, which see those only that are run by <c>call</c>, and by <c>Sequential</c>.</remarks>
internal sealed class SyncBatchNorm : IDisposable
{
    private readonly RankAgreement _ranks;
    private readonly List<Layer> _layers;

    /// <summary>Puts the hooks on.</summary>
    public SyncBatchNorm(nn.Module module, RankAgreement ranks)
    {
        _ranks = ranks;
        _layers = [.. module.named_modules().Where(each => each.module is BatchNorm).Select(each => new Layer(each.name, (BatchNorm)each.module, ranks))];
    }

    /// <summary>Gets the names of the layers that were in training and not run so far, as far as hooks see.</summary>
    public IReadOnlyList<string> Unseen => [.. _layers.Where(layer => layer.IsUnseen).Select(layer => layer.Name)];

    /// <summary>Adds nothing to a layer's sums, in a process that has no batch.</summary>
    public void Follow(int count) => _ranks.Group.AllReduceSum(new double[count]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Layer layer in _layers)
            layer.Dispose();
    }

    private sealed class Layer : IDisposable
    {
        private readonly BatchNorm _layer;
        private readonly RankAgreement _ranks;
        private readonly Action _remove;
        private bool _wasTraining;
        private bool _wasSeen;

        public Layer(string name, BatchNorm layer, RankAgreement ranks)
        {
            (Name, _layer, _ranks) = (name, layer, ranks);
            var before = layer.register_forward_pre_hook((_, input) => Begin(input));
            var after = layer.register_forward_hook((_, input, output) => End(input, output));
            _remove = () =>
            {
                before.remove();
                after.remove();
            };
        }

        public string Name { get; }

        public bool IsUnseen => _layer.training && !_wasSeen;

        public void Dispose() => _remove();

        // What the layer itself computes is not used: in evaluation it leaves its statistics alone, and takes a single row.
        private Tensor Begin(Tensor input)
        {
            _wasTraining = _layer.training;
            _layer.train(false);
            return input;
        }

        private Tensor End(Tensor input, Tensor output)
        {
            if (!_wasTraining)
                return output;
            _layer.train();
            _wasSeen = true;
            return Normalize(input);
        }

        private Tensor Normalize(Tensor input)
        {
            int channels = (int)input.shape[1];
            long[] others = [.. Enumerable.Range(0, (int)input.dim()).Where(dimension => dimension != 1).Select(dimension => (long)dimension)];
            long[] shape = [.. Enumerable.Range(0, (int)input.dim()).Select(dimension => dimension == 1 ? channels : 1L)];
            Tensor own = tensor([(double)(input.numel() / channels)], device: input.device);
            Tensor sums = SumOverRanks.Of(cat([input.sum(others).to(ScalarType.Float64), own]), _ranks);
            double count = sums[channels].detach().cpu().item<double>();
            Tensor mean = sums.narrow(0, 0, channels) / count;
            Tensor centered = input - mean.to(input.dtype).view(shape);
            Tensor variance = SumOverRanks.Of(centered.square().sum(others).to(ScalarType.Float64), _ranks) / count;
            Track(mean, variance, count);
            Tensor normalized = centered * (variance + _layer.eps).rsqrt().to(input.dtype).view(shape);
            return _layer.affine ? (normalized * _layer.weight.view(shape)) + _layer.bias!.view(shape) : normalized;
        }

        private void Track(Tensor mean, Tensor variance, double count)
        {
            if (!_layer.track_running_stats || _layer.running_mean is not { } runningMean || _layer.running_var is not { } runningVariance)
                return;
            using var noGrad = no_grad();
            _layer.num_batches_tracked?.add_(1);
            double share = _layer.momentum ?? (_layer.num_batches_tracked is { } batches ? 1.0 / batches.cpu().item<long>() : 0);
            runningMean.mul_(1 - share).add_(mean.detach().to(runningMean.dtype) * share);
            // Bessel's correction, as PyTorch's running variance has it.
            runningVariance.mul_(1 - share).add_(variance.detach().to(runningVariance.dtype) * (share * count / Math.Max(1, count - 1)));
        }
    }
}
