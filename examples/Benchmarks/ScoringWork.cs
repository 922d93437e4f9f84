using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is the scoring of rows that ML.NET keeps in its cache, with a trained network.</summary>
internal sealed class ScoringWork : IDisposable
{
    private const int BatchSize = 256;
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _view;
    private readonly FuseTransformer _model;
    private readonly float[][] _rows;
    private readonly Tensor _inputs;
    private readonly string _onnxFile = Path.Combine(Path.GetTempPath(), $"fuse-mlnet-{Guid.NewGuid():N}.onnx");
    private readonly ITransformer _onnx;

    /// <summary>Generates the rows and trains a model for a step.</summary>
    public ScoringWork(Network network, int width, int classes, int rows)
    {
        var random = new Random(1);
        _rows = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextSingle()).ToArray())];
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), classes);
        _view = _ml.Data.Cache(_ml.Data.LoadFromEnumerable(_rows.Select((row, i) => new Row { Features = row, Label = (uint)(i % classes) }).ToArray(), schema));
        _model = _ml.Fuse().Train(network, new TensorColumn(nameof(Row.Features)), loss: Loss.CrossEntropy(), options: new() { MaxSteps = 1, BatchSize = BatchSize, Device = FuseDevice.Cpu }).Fit(_view);
        _inputs = tensor(_rows.SelectMany(row => row).ToArray()).reshape(rows, width);
        _ml.Fuse().ExportOnnx(_model, _view, _onnxFile);
        _onnx = _ml.Transforms.ApplyOnnxModel(["Score"], [nameof(Row.Features)], _onnxFile).Fit(_view);
    }

    /// <summary>Reads the scores and labels of all rows through ML.NET.</summary>
    public void Ours() => Read(_model.Transform(_view));

    /// <summary>Reads the same from the exported network by ML.NET's OnnxTransformer.</summary>
    public void ByOnnxTransformer() => Read(_onnx.Transform(_view));

    /// <summary>Runs the network and softmax over batches of staged tensors and copies the scores out.</summary>
    public void Bare()
    {
        var network = (nn.Module<Tensor, Tensor>)_model.Network;
        using var noGrad = no_grad();
        for (long start = 0; start < _inputs.shape[0]; start += BatchSize)
        {
            using var scope = NewDisposeScope();
            nn.functional.softmax(network.call(_inputs.narrow(0, start, Math.Min(BatchSize, _inputs.shape[0] - start))), 1).data<float>().ToArray();
        }
    }

    /// <summary>Runs the network row by row, as ML.NET's own deep-learning trainers do.</summary>
    public void RowByRow()
    {
        var network = (nn.Module<Tensor, Tensor>)_model.Network;
        using var noGrad = no_grad();
        foreach (float[] row in _rows)
        {
            using var scope = NewDisposeScope();
            nn.functional.softmax(network.call(tensor(row).unsqueeze(0)), 1).data<float>().ToArray();
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _inputs.Dispose();
        (_onnx as IDisposable)?.Dispose();
        File.Delete(_onnxFile);
    }

    private static void Read(IDataView scored)
    {
        (DataViewSchema.Column column, DataViewSchema.Column label) = (scored.Schema["Score"], scored.Schema[nameof(Row.Label)]);
        using DataViewRowCursor cursor = scored.GetRowCursor([column, label]);
        ValueGetter<VBuffer<float>> getScore = cursor.GetGetter<VBuffer<float>>(column);
        ValueGetter<uint> getLabel = cursor.GetGetter<uint>(label);
        VBuffer<float> score = default;
        uint index = 0;
        while (cursor.MoveNext())
        {
            getScore(ref score);
            getLabel(ref index);
        }
    }
}
