using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is the training of a network on generated rows, epoch by epoch, done by this library and by loops written by hand.</summary>
internal sealed class TrainingWork : IDisposable
{
    private const double Rate = 1e-3;
    private readonly Network _network;
    private readonly long[] _shape;
    private readonly int _batchSize;
    private readonly double? _decay;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _view;
    private readonly Tensor _inputs;
    private readonly Tensor _labels;

    /// <summary>Generates the rows.</summary>
    /// <param name="network">The network, from a tensor to logits.</param>
    /// <param name="shape">The shape of a row's tensor.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="batchSize">The number of rows of a step.</param>
    /// <param name="decay">The weight decay of AdamW; null takes Adam.</param>
    public TrainingWork(Network network, long[] shape, int classes, int rows, int batchSize, double? decay = null)
    {
        (_network, _shape, _batchSize, _decay) = (network, shape, batchSize, decay);
        var random = new Random(1);
        int width = (int)shape.Aggregate(1L, (product, size) => product * size);
        Row[] data = [.. Enumerable.Range(0, rows).Select(_ => new Row { Features = [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() - 0.5f)], Label = (uint)random.Next(classes) })];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        _view = _ml.Data.LoadFromEnumerable(data, schema);
        _inputs = tensor(data.SelectMany(row => row.Features).ToArray()).reshape([rows, .. shape]);
        _labels = tensor(data.Select(row => (long)row.Label).ToArray());
    }

    /// <summary>Trains with this library, and by turns a peer's epoch.</summary>
    /// <param name="peer">Trains the peer's network for an epoch.</param>
    /// <param name="timings">Gets the times of both.</param>
    public void Race(Action peer, Timings timings)
    {
        using FuseTransformer model = _ml.Fuse().Train(_network, new TensorColumn(nameof(Row.Features), _shape), loss: Loss.CrossEntropy(), options: new()
        {
            MaxEpochs = int.MaxValue,
            BatchSize = _batchSize,
            Optimizer = _decay is { } decay ? Optimizers.AdamW(Rate, weightDecay: decay) : Optimizers.Adam(Rate),
            Device = Accelerator.Option,
            Callbacks = { new EpochRace(peer, timings) },
        }).Fit(_view);
    }

    /// <summary>Trains with this library, also in several processes.</summary>
    /// <returns>The milliseconds of each epoch.</returns>
    public IReadOnlyList<double> Epochs(int count)
    {
        var times = new List<(double Elapsed, double Processor)>();
        using FuseTransformer model = _ml.Fuse().Train(_network, new TensorColumn(nameof(Row.Features), _shape), loss: Loss.CrossEntropy(), options: new()
        {
            MaxEpochs = count,
            BatchSize = _batchSize,
            Optimizer = Optimizers.Adam(Rate),
            Device = Accelerator.Option,
            Callbacks = { new EpochClock(times) },
        }).Fit(_view);
        return [.. times.Select(time => time.Elapsed)];
    }

    /// <summary>Makes the loop of TorchSharp's documentation: staged tensors, batches by a random permutation, TorchSharp's optimizer, the loss read in each step.</summary>
    public Action Documented()
    {
        (nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer) = NetworkAndOptimizer();
        return () =>
        {
            long count = _inputs.shape[0];
            using Tensor order = randperm(count);
            for (long start = 0; start < count; start += _batchSize)
            {
                using var scope = NewDisposeScope();
                Tensor rows = order.narrow(0, start, Math.Min(_batchSize, count - start));
                Step(network, optimizer, _inputs.index_select(0, rows).to(Accelerator.Device), _labels.index_select(0, rows).to(Accelerator.Device));
            }
        };
    }

    /// <summary>Makes the same loop over TorchSharp's DataLoader.</summary>
    public Action WithDataLoader()
    {
        (nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer) = NetworkAndOptimizer();
        return () =>
        {
            using var data = new RowDataset(_inputs, _labels);
            using var loader = utils.data.DataLoader(data, _batchSize, shuffle: true);
            foreach (Dictionary<string, Tensor> batch in loader)
            {
                using var scope = NewDisposeScope();
                Step(network, optimizer, batch[RowDataset.Inputs].to(Accelerator.Device), batch[RowDataset.Labels].to(Accelerator.Device));
                foreach (Tensor value in batch.Values)
                    value.Dispose();
            }
        };
    }

    /// <summary>Makes as little as can be: batches made beforehand on the device, forward, loss, backward and a fused step.</summary>
    public Action Floor()
    {
        nn.Module<Tensor, Tensor> network = Built();
        (Tensor Inputs, Tensor Labels)[] batches =
        [
            .. Enumerable.Range(0, (int)((_inputs.shape[0] + _batchSize - 1) / _batchSize)).Select(index => (index * _batchSize, Math.Min(_batchSize, _inputs.shape[0] - (index * _batchSize))))
                .Select(span => (_inputs.narrow(0, span.Item1, span.Item2).contiguous().to(Accelerator.Device), _labels.narrow(0, span.Item1, span.Item2).contiguous().to(Accelerator.Device))),
        ];
        var step = new FusedAdam(network.parameters(), Rate, _decay);
        return () =>
        {
            foreach ((Tensor inputs, Tensor labels) in batches)
            {
                using var scope = NewDisposeScope();
                nn.functional.cross_entropy(network.call(inputs), labels).backward();
                step.Step();
            }
        };
    }

    public void Dispose()
    {
        _inputs.Dispose();
        _labels.Dispose();
    }

    private (nn.Module<Tensor, Tensor> Network, optim.Optimizer Optimizer) NetworkAndOptimizer()
    {
        nn.Module<Tensor, Tensor> network = Built();
        TorchSharp.Modules.Parameter[] parameters = [.. network.parameters()];
        return (network, _decay is { } decay ? optim.AdamW(parameters, Rate, weight_decay: decay) : optim.Adam(parameters, Rate));
    }

    private nn.Module<Tensor, Tensor> Built()
    {
        var network = (nn.Module<Tensor, Tensor>)_network.Build();
        network.to(Accelerator.Device);
        return network;
    }

    private static void Step(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, Tensor inputs, Tensor labels)
    {
        optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(network.call(inputs), labels);
        loss.backward();
        optimizer.step();
        loss.item<float>();
    }
}
