using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Holds the gradients of some parameters behind each other in one tensor, so that few exchanges carry them, however many there are.</summary>
/// <remarks>Behind the gradients stand, for each parameter, the number of processes that have one, and at the end the rows that they are the mean over.</remarks>
internal sealed class FlatGradients : IDisposable
{
    // Copies and scales in one pass over memory where both sides are of one kind; other gradients are scaled in the type of the flat tensor, where products with a number of rows do not overflow.
    private static readonly TorchScript Script = new("""
        def is_alike(a: Tensor, b: Tensor):
            return a.dtype == b.dtype and a.device == b.device

        def gather(flat: List[Tensor], gradients: List[Tensor], rows: Tensor):
            weights: List[float] = rows.tolist()
            for i in range(len(flat)):
                if is_alike(flat[i], gradients[i]):
                    torch.mul(gradients[i], weights[0], out=flat[i])
                else:
                    flat[i].copy_(gradients[i]).mul_(weights[0])

        def scatter(flat: List[Tensor], gradients: List[Tensor], rows: Tensor):
            weights: List[float] = rows.tolist()
            for i in range(len(flat)):
                if is_alike(flat[i], gradients[i]):
                    torch.div(flat[i], weights[0], out=gradients[i])
                else:
                    gradients[i].copy_(flat[i].div(weights[0]))

        """);

    private readonly Parameter[] _parameters;
    private readonly Tensor _flat;
    private readonly Tensor[] _views;
    private readonly Tensor _gradients;
    private readonly Tensor _counts;

    private FlatGradients(Parameter[] parameters, ScalarType type)
    {
        using var scope = NewDisposeScope();
        _parameters = parameters;
        long length = parameters.Sum(parameter => parameter.numel());
        _flat = zeros(length + parameters.Length + 1, type, CPU);
        _gradients = _flat.narrow(0, 0, length);
        _counts = _flat.narrow(0, length, parameters.Length + 1);
        _views = new Tensor[parameters.Length];
        long start = 0;
        for (int i = 0; i < parameters.Length; start += parameters[i++].numel())
            _views[i] = _flat.narrow(0, start, parameters[i].numel()).view(parameters[i].shape);
        scope.Detach([_flat, _gradients, _counts, .. _views]);
    }

    /// <summary>Makes room for the gradients of parameters, in tensors of a bounded size.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="mostBytes">The size above which another tensor is begun.</param>
    public static FlatGradients[] Of(IEnumerable<Parameter> parameters, long mostBytes)
    {
        using var noGrad = no_grad();
        var made = new List<FlatGradients>();
        foreach (var kind in parameters.GroupBy(parameter => parameter.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32))
        {
            var part = new List<Parameter>();
            long bytes = 0;
            foreach (Parameter parameter in kind)
            {
                long size = parameter.numel() * kind.Key.ElementSize();
                if (bytes > 0 && bytes + size > mostBytes)
                {
                    made.Add(new([.. part], kind.Key));
                    (part, bytes) = ([], 0);
                }
                part.Add(parameter);
                bytes += size;
            }
            made.Add(new([.. part], kind.Key));
        }
        return [.. made];
    }

    /// <summary>Replaces the gradients by their mean over the rows of all processes.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="rows">The rows of this process; 0 leaves its gradients out.</param>
    /// <param name="isSum">Whether the gradients are sums over the rows and not means.</param>
    public void Average(IProcessGroup group, long rows, bool isSum)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor?[] given = [.. _parameters.Select(parameter => rows > 0 ? parameter.grad : null)];
        Fill(given, isSum ? 1 : rows);
        double[] counts = [.. given.Select(gradient => gradient is null ? 0.0 : 1), rows];
        Write(counts);
        Exchange(group);
        Read(counts);
        double total = Math.Max(1, counts[^1]);
        // Back into the memory that they came from: to free it before the next backward would let the allocator return it, and take it anew in each step.
        int[] kept = [.. Enumerable.Range(0, given.Length).Where(index => given[index] is { is_sparse: false })];
        if (kept.Length > 0)
            Script.Run("scatter", kept.Select(index => _views[index]).ToArray(), kept.Select(index => given[index]!).ToArray(), TorchScript.Numbers(total));
        foreach (int index in Enumerable.Range(0, given.Length).Except(kept))
            Return(_parameters[index], counts[index] > 0 ? _views[index] : null, total);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _views)
            tensor.Dispose();
        _counts.Dispose();
        _gradients.Dispose();
        _flat.Dispose();
    }

    private void Fill(Tensor?[] given, double weight)
    {
        int[] present = [.. Enumerable.Range(0, given.Length).Where(index => given[index] is not null)];
        if (present.Length < given.Length)
            _gradients.zero_();
        if (present.Length > 0)
            Script.Run("gather", present.Select(index => _views[index]).ToArray(), present.Select(index => given[index]!.is_sparse ? given[index]!.to_dense() : given[index]!).ToArray(),
                TorchScript.Numbers(weight));
    }

    private void Exchange(IProcessGroup group)
    {
        // One span holds no more than 2 GB.
        long most = int.MaxValue / _flat.element_size();
        for (long start = 0; start < _flat.numel(); start += most)
        {
            using Tensor part = _flat.narrow(0, start, Math.Min(most, _flat.numel() - start));
            if (_flat.dtype == ScalarType.Float64)
                group.AllReduceSum(MemoryMarshal.Cast<byte, double>(part.bytes));
            else
                group.AllReduceSum(MemoryMarshal.Cast<byte, float>(part.bytes));
        }
    }

    private static void Return(Parameter parameter, Tensor? sum, double rows)
    {
        if (sum is null)
        {
            parameter.grad = null;
            return;
        }
        var mean = zeros_like(parameter);
        Script.Run("scatter", new[] { sum }, new[] { mean }, TorchScript.Numbers(rows));
        parameter.grad = mean;
    }

    private void Write(double[] counts)
    {
        if (_flat.dtype == ScalarType.Float64)
            counts.CopyTo(MemoryMarshal.Cast<byte, double>(_counts.bytes));
        else
            Array.ConvertAll(counts, count => (float)count).CopyTo(MemoryMarshal.Cast<byte, float>(_counts.bytes));
    }

    private void Read(double[] counts)
    {
        for (int i = 0; i < counts.Length; i++)
            counts[i] = _flat.dtype == ScalarType.Float64 ? MemoryMarshal.Cast<byte, double>(_counts.bytes)[i] : MemoryMarshal.Cast<byte, float>(_counts.bytes)[i];
    }
}
