using Microsoft.ML;

namespace Fuse.MLNet;

/// <summary>Makes an ONNX graph of a trained network: runs it on rows, notes every operation that libtorch does, writes those as ONNX, and checks that the graph gives what the network gives.</summary>
internal sealed class OnnxExporter
{
    private const double Tolerance = 1e-5;
    private const string ConstantName = "constant ";
    private readonly LightningModule _module;
    private readonly nn.Module _network;
    private readonly OnnxInput[] _inputs;
    private readonly IReadOnlyList<OnnxOutput> _outputs;
    private readonly bool _isFlat;
    private readonly OnnxRows _rows;
    private readonly Dictionary<string, Tensor> _known = new(StringComparer.Ordinal);

    private OnnxExporter(LightningModule module, nn.Module network, IEnumerable<ColumnBinding> bindings, IReadOnlyList<OnnxOutput> outputs, IDataView data, bool isFlat)
    {
        (_module, _network, _outputs, _isFlat) = (module, network, outputs, isFlat);
        _inputs = [.. bindings.Select(binding => new OnnxInput(binding))];
        if (_inputs.Length == 0)
            throw OnnxErrors.NotExported("the model", "reads no column");
        CheckNames();
        _rows = new OnnxRows(data, _inputs);
        var seen = new HashSet<nint>();
        foreach ((string name, Tensor value) in new[] { network, module }.SelectMany(part => part.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)).Concat(part.named_buffers().Select(pair => (pair.name, pair.buffer)))))
            if (seen.Add(value.Handle))
                _known.TryAdd(name, value);
    }

    /// <summary>Makes the graph.</summary>
    /// <param name="module">The module, on the CPU and in evaluation mode; nobody else uses it meanwhile.</param>
    /// <param name="network">The part of it that users know, for names.</param>
    /// <param name="bindings">The input columns.</param>
    /// <param name="outputs">The output columns.</param>
    /// <param name="data">The rows that it is run on.</param>
    /// <param name="isFlat">Whether the graph's inputs are vectors without shape, as in ML.NET's own graphs.</param>
    /// <exception cref="NotSupportedException">The network does something that has no ONNX form, or the check failed.</exception>
    public static OnnxGraph Export(LightningModule module, nn.Module network, IEnumerable<ColumnBinding> bindings, IReadOnlyList<OnnxOutput> outputs, IDataView data, bool isFlat)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var exporter = new OnnxExporter(module, network, bindings, outputs, data, isFlat);
        OnnxGraph graph = exporter.Build(TracedRun.Join(exporter.Trace(0, 2), exporter.Trace(2, 3)));
        try
        {
            exporter.Check(graph, exporter._rows.Take(5, 1));
            exporter.Check(graph, exporter._rows.Take(6, 4));
            exporter.Check(graph, exporter._rows.Take(3, 5, vary: true));
            return graph;
        }
        catch
        {
            graph.Dispose();
            throw;
        }
    }

    private void CheckNames()
    {
        string[] names = [.. _inputs.Select(input => input.Binding.Column.ColumnName), .. _outputs.SelectMany(output => new[] { output.Name, output.PredictedLabelName ?? "" }).Where(name => name.Length > 0)];
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
            throw OnnxErrors.NotExported($"the column '{twice}'", "would be in the graph twice, as two inputs, or as an input and an output");
    }

    private TracedRun Trace(int first, int count)
    {
        byte[][] rows = _rows.Take(first, count);
        return TracedRun.Record(
            marks =>
            {
                using ModuleMarks modules = new(_network, marks);
                foreach ((string name, Tensor value) in _known.Where(known => !known.Key.StartsWith(ConstantName, StringComparison.Ordinal)).ToArray())
                    marks.Known(name, value);
                using var constants = TensorBatch.WatchConstants(new MadeConstants(marks, _known).Add);
                BatchDict batch = Batch(rows, count, (input, stored) => marks.Known(input.Known, stored));
                Run(batch, (output, value) => marks.Output(output.Name, value));
            },
            OnnxOperators.All.ContainsKey);
    }

    private BatchDict Batch(byte[][] rows, int count, Action<OnnxInput, Tensor> stored)
    {
        var batch = new BatchDict { RowCount = count, Phase = Phase.Predict };
        foreach ((int i, OnnxInput input) in _inputs.Index())
        {
            Tensor values = TensorBatch.Allocate(input.Binding, count);
            rows[i].CopyTo(values.bytes);
            stored(input, values);
            batch[input.Binding.Key] = TensorBatch.Finish(input.Binding, values, CPU);
        }
        return batch;
    }

    private void Run(BatchDict batch, Action<OnnxOutput, Tensor> take) => BatchErrors.Guard(() => "The network failed", batch, () =>
    {
        BatchDict result = _module.PredictStep(batch);
        foreach (OnnxOutput output in _outputs)
            take(output, output.Read(result));
        return true;
    });

    private OnnxGraph Build(TracedRun run)
    {
        using var graph = new OnnxBuilder();
        var emitter = new OnnxEmitter(graph, _known);
        foreach (OnnxOutput output in _outputs)
        {
            graph.Reserve(output.Name);
            if (output.PredictedLabelName is { } name)
                graph.Reserve(name);
        }
        foreach (OnnxInput input in _inputs)
            emitter.Name(run.Known[input.Known], input.Write(graph, _isFlat));
        Dictionary<string, string> values = emitter.Write(run);
        return graph.Build([.. _outputs.SelectMany(output => output.Write(graph, values[output.Name], run.Outputs[output.Name].Type))]);
    }

    private void Check(OnnxGraph graph, byte[][] rows)
    {
        using var scope = NewDisposeScope();
        int count = rows[0].Length / _inputs[0].Binding.RowBytes;
        var raw = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var expected = new Dictionary<OnnxOutput, Tensor>();
        Run(Batch(rows, count, (input, stored) => raw[input.Binding.Column.ColumnName] = input.Raw(stored, _isFlat)), (output, value) => expected[output] = value.to(ScalarType.Float32));
        Dictionary<string, Tensor> actual = OnnxInterpreter.Run(graph, raw);
        foreach ((OnnxOutput output, Tensor value) in expected)
        {
            Tensor wanted = value.reshape([-1, .. output.RowShape]);
            Tensor given = actual[output.Name];
            double largest = wanted.numel() == 0 ? 0 : Math.Max(1, wanted.nan_to_num(0, 0, 0).abs().max().Number());
            if (!given.shape.AsSpan().SequenceEqual(wanted.shape) || !given.allclose(wanted, rtol: 0, atol: Tolerance * largest, equal_nan: true))
            {
                throw OnnxErrors.NotExported($"on {count} row(s) the graph's output '{output.Name}'",
                    "is not what the network gives. Either forward does other things for other rows, or it changes tensors in place that share memory, or it computes with a number of more than six " +
                    "decimals, of which libtorch's trace shows six: register such a number as a buffer");
            }
        }
    }

    /// <summary>Takes tensors that are made of the numbers of columns while the network runs.</summary>
    private sealed class MadeConstants(TraceMarks marks, Dictionary<string, Tensor> known)
    {
        private int _count;

        public void Add(Tensor value)
        {
            string name = $"{ConstantName}{_count++}";
            // Cloned each time: both runs must do the same.
            known[name] = value.clone();
            marks.Known(name, value);
        }
    }
}
