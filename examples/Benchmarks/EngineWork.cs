using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is the prediction of single rows by a prediction engine, beside a bare forward pass of each.</summary>
internal sealed class EngineWork : IDisposable
{
    private const int Predictions = 20_000;
    private const int Width = 30;
    private readonly FuseTransformer _model;
    private readonly PredictionEngine<EngineRow, EngineScore> _engine;
    private readonly EngineRow _row = new() { Features = [.. Enumerable.Range(0, Width).Select(i => 0.01f * i)] };

    public EngineWork()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 64).Select(i => new EngineRow { Features = _row.Features, Label = (uint)(i % 2) }).ToArray());
        _model = ml.Fuse().Train(Network.Of<Perceptron>(Width, 64, 2), new TensorColumn(nameof(EngineRow.Features)), loss: Loss.CrossEntropy(), options: new() { MaxSteps = 1, Device = FuseDevice.Cpu }).Fit(rows);
        _engine = ml.Model.CreatePredictionEngine<EngineRow, EngineScore>(_model, new PredictionEngineOptions { OwnsTransformer = false });
    }

    /// <summary>Compares: the microseconds that a prediction takes beyond a bare forward pass, over those that it may take.</summary>
    /// <param name="work">The line's name.</param>
    /// <param name="microseconds">How many it may take.</param>
    /// <param name="runs">The least number of runs.</param>
    /// <param name="divisor">What the number of predictions is divided by.</param>
    public Measured Measure(string work, double microseconds, int runs, int divisor)
    {
        int count = Predictions / divisor;
        double allowance = microseconds * count / 1000;
        var timings = new Timings(runs);
        Ours(count);
        Bare(count);
        while (!timings.IsEnough)
            timings.Add(Stopwatches.Time(() => Ours(count)), Stopwatches.Time(() => Bare(count)) + allowance);
        double more = (timings.Ours - timings.Theirs + allowance) * 1000 / count;
        return timings.Measured(work, $"bare forward + {microseconds:0} us", 1) with { Note = FormattableString.Invariant($"{more:+0.0;-0.0} us each") };
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }

    private void Ours(int count)
    {
        var score = new EngineScore();
        for (int i = 0; i < count; i++)
            _engine.Predict(_row, ref score);
    }

    private void Bare(int count)
    {
        var network = (nn.Module<Tensor, Tensor>)_model.Network;
        using var noGrad = no_grad();
        float[] score = new float[2];
        for (int i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            nn.functional.softmax(network.call(tensor(_row.Features).unsqueeze(0)), 1).data<float>().CopyTo(score);
        }
    }

    private sealed class EngineRow
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }

    private sealed class EngineScore
    {
        public float[] Score { get; set; } = [];
    }
}
