using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Reads an execution trace: takes the operations of the marked thread in order, and follows their tensors.</summary>
internal sealed class TraceReader(IReadOnlyList<TraceMarks.Mark> marks, Func<string, bool> isWhole)
{
    private const string Fill = "aten::fill_";
    private const string Namespace = "aten::";
    private static readonly HashSet<string> Allocations = new(StringComparer.Ordinal) { "empty", "empty_like", "empty_strided", "new_empty", "resize", "as_strided", "fill", "zero" };
    private readonly List<TracedStep> _steps = [];
    private readonly Dictionary<string, TracedTensor> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TracedTensor> _outputs = new(StringComparer.Ordinal);
    private readonly Dictionary<long, TracedTensor> _values = [];
    private readonly Dictionary<long, HashSet<long>> _sharing = [];
    private readonly Dictionary<long, long> _storages = [];
    private readonly Stack<string> _modules = new();
    private long? _markId;
    private TraceMarks.Mark? _next;

    /// <param name="operations">The array of operations.</param>
    public TracedRun Read(JsonElement operations)
    {
        TracedOperation[] all = [.. operations.EnumerateArray().Where(node => node.GetProperty("name").GetString()!.StartsWith(Namespace, StringComparison.Ordinal))
            .Select(node => new TracedOperation(node)).OrderBy(operation => operation.Id)];
        Dictionary<long, TracedOperation> byId = all.ToDictionary(operation => operation.Id);
        TracedOperation start = all.First(operation => MarkOf(operation) is { Kind: TraceMarks.MarkKind.Start });
        foreach (TracedOperation operation in all.Where(operation => operation.Thread == start.Thread && operation.Id > start.Id))
            if (byId.TryGetValue(operation.Parent, out TracedOperation? parent))
                parent.Children.Add(operation);
        _markId = ((TracedOperation.TensorReference)start.Arguments[0]!).Id;
        foreach (TracedOperation operation in all.Where(operation => operation.Thread == start.Thread && operation.Id > start.Id && !byId.ContainsKey(operation.Parent)))
            Visit(operation, operation);
        return new TracedRun(_steps, _known, _outputs);
    }

    private TraceMarks.Mark? MarkOf(TracedOperation operation) =>
        operation is { Name: Fill, Arguments: [TracedOperation.TensorReference tensor, long number, ..] } && tensor.Shape.AsSpan().SequenceEqual(TraceMarks.Shape)
        && (_markId is null || tensor.Id == _markId) && number >= 0 && number < marks.Count ? marks[(int)number] : null;

    private void Visit(TracedOperation operation, TracedOperation called)
    {
        if (MarkOf(operation) is { } mark)
        {
            TakeMark(mark);
        }
        else if (_next is { } marked)
        {
            TakeTensor(marked, (TracedOperation.TensorReference)operation.Arguments[0]!);
        }
        else if (operation.Children.Count == 0 || isWhole(NameOf(operation, out bool writes)))
        {
            AddStep(operation, called);
        }
        else
        {
            int before = _steps.Count;
            foreach (TracedOperation child in operation.Children)
                Visit(child, called);
            if (HidesItsWork(operation, writes, before))
                AddStep(operation, called);
        }
    }

    // An operation that has its results allocated by others and fills them itself is one of its own.
    private bool HidesItsWork(TracedOperation operation, bool writes, int firstStep) =>
        Flatten(operation.Results).OfType<TracedOperation.TensorReference>().Where(result => writes || !operation.Arguments.Contains(result)).Any(result =>
            !_values.TryGetValue(result.Id, out TracedTensor? value)
            || _steps.Skip(firstStep).LastOrDefault(step => step.Results.Contains(value)) is not { } maker || Allocations.Contains(maker.Name));

    private void TakeMark(TraceMarks.Mark mark)
    {
        switch (mark.Kind)
        {
            case TraceMarks.MarkKind.Enter:
                _modules.Push(mark.Name);
                break;
            case TraceMarks.MarkKind.Exit:
                _modules.TryPop(out _);
                break;
            default:
                _next = mark;
                break;
        }
    }

    private void TakeTensor(TraceMarks.Mark mark, TracedOperation.TensorReference tensor)
    {
        _next = null;
        if (mark.Kind == TraceMarks.MarkKind.Output)
            _outputs[mark.Name] = Current(tensor);
        else
            _known[mark.Name] = Define(tensor, mark.Name);
    }

    private void AddStep(TracedOperation operation, TracedOperation called)
    {
        string name = NameOf(operation, out bool writes);
        string module = _modules.TryPeek(out string? inner) ? inner : "the network";
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (int i = 0; i < operation.Arguments.Length; i++)
            arguments[i < operation.ArgumentNames.Length ? operation.ArgumentNames[i] : $"{i}"] = Argument(operation.Arguments[i]);
        if (writes && operation.Arguments is [TracedOperation.TensorReference written, ..])
            ForgetSharing(written);
        TracedTensor[] results = [.. Flatten(operation.Results).OfType<TracedOperation.TensorReference>().Select(result => Define(result, null))];
        if (results.Length > 0)
            _steps.Add(new TracedStep(name, $"{called.Name} in {module}", arguments, results));
    }

    private object? Argument(object? value) => value switch
    {
        TracedOperation.TensorReference tensor => Current(tensor),
        long number => new TracedSize(number),
        object?[] list => list.Select(Argument).ToArray(),
        _ => value,
    };

    private TracedTensor Current(TracedOperation.TensorReference tensor) => _values.TryGetValue(tensor.Id, out TracedTensor? value) ? value : Define(tensor, null);

    private TracedTensor Define(TracedOperation.TensorReference tensor, string? origin)
    {
        // An id is that of a place in memory, which a later tensor with other memory may have taken over.
        if (_storages.TryGetValue(tensor.Id, out long before))
            _sharing[before].Remove(tensor.Id);
        _storages[tensor.Id] = tensor.Storage;
        if (!_sharing.TryGetValue(tensor.Storage, out HashSet<long>? sharing))
            _sharing[tensor.Storage] = sharing = [];
        sharing.Add(tensor.Id);
        return _values[tensor.Id] = new([.. tensor.Shape.Select(size => new TracedSize(size))], tensor.Type, origin);
    }

    // What is written to one tensor shows in those that share its memory; who reads one of them afterwards finds no value.
    private void ForgetSharing(TracedOperation.TensorReference written)
    {
        foreach (long id in _sharing.GetValueOrDefault(written.Storage, []).Where(id => id != written.Id))
            _values.Remove(id);
    }

    private static string NameOf(TracedOperation operation, out bool writes)
    {
        string name = operation.Name[Namespace.Length..];
        writes = name.EndsWith('_') && !name.EndsWith("__", StringComparison.Ordinal);
        return writes ? name[..^1] : name;
    }

    private static IEnumerable<object?> Flatten(IEnumerable<object?> values) => values.SelectMany(value => value is object?[] list ? Flatten(list) : [value]);
}
