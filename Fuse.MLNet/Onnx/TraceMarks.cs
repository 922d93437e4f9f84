namespace Fuse.MLNet;

/// <summary>Marks tensors and modules in the trace that is being written, by operations that nothing else does.</summary>
/// <remarks>A mark is a <c>fill_</c> of one tensor with the number of the mark; a marked tensor is the operand of the <c>detach</c> that follows it.</remarks>
internal sealed class TraceMarks : IDisposable
{
    private readonly Tensor _mark = zeros(Shape, ScalarType.Int64).DetachFromDisposeScope();
    private readonly List<Mark> _marks = [];

    public TraceMarks() => Add(new(MarkKind.Start, ""));

    public enum MarkKind
    {
        Start,
        Known,
        Output,
        Enter,
        Exit,
    }

    /// <summary>Gets the shape of the tensor of marks, which no other has.</summary>
    public static long[] Shape { get; } = [1, 1, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>Gets the marks by their numbers.</summary>
    public IReadOnlyList<Mark> All => _marks;

    /// <summary>Marks a tensor whose values are known beforehand: an input, a parameter, a buffer, a constant.</summary>
    public void Known(string name, Tensor tensor) => Add(new(MarkKind.Known, name), tensor);

    /// <summary>Marks a tensor as an output.</summary>
    public void Output(string name, Tensor tensor) => Add(new(MarkKind.Output, name), tensor);

    public void Enter(string module) => Add(new(MarkKind.Enter, module));

    public void Exit(string module) => Add(new(MarkKind.Exit, module));

    public void Dispose() => _mark.Dispose();

    private void Add(Mark mark, Tensor? tensor = null)
    {
        _marks.Add(mark);
        using var noGrad = no_grad();
        using var number = (_marks.Count - 1).ToScalar();
        _mark.fill_(number);
        GC.KeepAlive(number);
        tensor?.detach().Dispose();
    }

    internal sealed record Mark(MarkKind Kind, string Name);
}
