using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Holds the operations of one run of a network, in order, with what flows between them.</summary>
/// <param name="Steps">The operations.</param>
/// <param name="Known">The tensors whose values were known beforehand, by name.</param>
/// <param name="Outputs">The outputs, by name.</param>
internal sealed record TracedRun(IReadOnlyList<TracedStep> Steps, IReadOnlyDictionary<string, TracedTensor> Known, IReadOnlyDictionary<string, TracedTensor> Outputs)
{
    /// <summary>Runs a network and notes what it does.</summary>
    /// <param name="run">Runs it, and marks what is known and what comes out.</param>
    /// <param name="isWhole">Tells whether an operation is taken as one; others are taken apart into those that they call.</param>
    /// <exception cref="NotSupportedException">This libtorch cannot trace.</exception>
    public static TracedRun Record(Action<TraceMarks> run, Func<string, bool> isWhole)
    {
        TraceMarks? marks = null;
        try
        {
            byte[] trace = TraceObserver.Record(() => run(marks = new TraceMarks()));
            using var document = JsonDocument.Parse(trace, new JsonDocumentOptions { MaxDepth = 256 });
            return new TraceReader(marks!.All, isWhole).Read(document.RootElement);
        }
        finally
        {
            marks?.Dispose();
        }
    }

    /// <summary>Joins runs with two and with three rows to one that says which numbers depend on the number of rows.</summary>
    /// <exception cref="NotSupportedException">The runs did different things.</exception>
    public static TracedRun Join(TracedRun two, TracedRun three)
    {
        if (!two.Steps.Select(step => step.Name).SequenceEqual(three.Steps.Select(step => step.Name)))
        {
            TracedStep last = two.Steps.Zip(three.Steps).FirstOrDefault(pair => pair.First.Name != pair.Second.Name).First ?? two.Steps[^1];
            throw last.NotExported("and what follows differ between a batch of two rows and one of three");
        }
        var joined = new Dictionary<TracedTensor, TracedTensor>();
        TracedStep[] steps = [.. two.Steps.Zip(three.Steps, (a, b) => new TracedStep(a.Name, a.Place,
            a.Arguments.ToDictionary(argument => argument.Key, argument => Value(a, argument.Value, b.Find(argument.Key))),
            [.. a.Results.Zip(b.Results, (x, y) => Tensor(a, x, y))]))];
        return new TracedRun(steps, two.Known.ToDictionary(known => known.Key, known => Tensor(null, known.Value, three.Known[known.Key])),
            two.Outputs.ToDictionary(output => output.Key, output => Tensor(null, output.Value, three.Outputs[output.Key])));

        TracedTensor Tensor(TracedStep? step, TracedTensor a, TracedTensor b)
        {
            if (!joined.TryGetValue(a, out TracedTensor? value))
            {
                if (a.Rank != b.Rank)
                    throw Differs(step);
                joined[a] = value = new([.. a.Shape.Zip(b.Shape, (x, y) => Size(step, x, y))], a.Type, a.Origin);
            }
            return value;
        }

        object? Value(TracedStep step, object? a, object? b) => (a, b) switch
        {
            (TracedTensor x, TracedTensor y) => Tensor(step, x, y),
            (TracedSize x, TracedSize y) => Size(step, x, y),
            (object?[] x, object?[] y) when x.Length == y.Length => x.Zip(y, (left, right) => Value(step, left, right)).ToArray(),
            _ => Equals(a, b) ? a : throw Differs(step),
        };
    }

    private static TracedSize Size(TracedStep? step, TracedSize two, TracedSize three)
    {
        if (two == three)
            return two;
        return two.Value % 2 == 0 && two.Value / 2 * 3 == three.Value ? new(two.Value / 2, IsPerRow: true) : throw Differs(step);
    }

    private static NotSupportedException Differs(TracedStep? step) =>
        OnnxErrors.NotExported(step?.Place ?? "the network", "depends on the number of rows in another way than by so many values a row");
}
