using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Holds the gradients of some parameters behind each other in one tensor, so that few exchanges carry them, however many there are; large ones are exchanged where they are.</summary>
/// <remarks>Behind the gradients stand, for each parameter, the number of processes that have one, and at the end the rows that they are the mean over.</remarks>
internal sealed class FlatGradients : IDisposable
{
    // Copies and scales in one pass over memory where both sides are of one kind; other gradients are scaled in the type of the flat tensor, where products with a number of rows do not overflow.
    private static readonly TorchScript Script = new("""
        def is_alike(a: Tensor, b: Tensor):
            return a.dtype == b.dtype and a.device == b.device

        def gather(flat: List[Tensor], gradients: List[Tensor], number: Tensor):
            n: List[float] = number.tolist()
            for i in range(len(flat)):
                if is_alike(flat[i], gradients[i]):
                    torch.mul(gradients[i], n[0], out=flat[i])
                else:
                    flat[i].copy_(gradients[i]).mul_(n[0])

        def scatter(flat: List[Tensor], gradients: List[Tensor], number: Tensor):
            n: List[float] = number.tolist()
            for i in range(len(flat)):
                if is_alike(flat[i], gradients[i]):
                    torch.div(flat[i], n[0], out=gradients[i])
                else:
                    gradients[i].copy_(flat[i].div(n[0]))

        """);

    // Above it, two passes over memory take longer than one exchange more.
    private const long LargeBytes = 256 << 10;
    private readonly Parameter[] _parameters;
    private readonly Tensor _flat;
    private readonly Tensor?[] _views;
    private readonly Tensor _gradients;
    private readonly Tensor _counts;

    private FlatGradients(Parameter[] parameters, ScalarType type)
    {
        using var scope = NewDisposeScope();
        _parameters = parameters;
        // By what is the same in every process, whatever gradients it has.
        bool[] isLarge = [.. parameters.Select(parameter => parameter.numel() * type.ElementSize() >= LargeBytes)];
        long length = parameters.Where((_, index) => !isLarge[index]).Sum(parameter => parameter.numel());
        _flat = zeros(length + parameters.Length + 1, type, CPU);
        _gradients = _flat.narrow(0, 0, length);
        _counts = _flat.narrow(0, length, parameters.Length + 1);
        _views = new Tensor?[parameters.Length];
        long start = 0;
        for (int i = 0; i < parameters.Length; i++)
            if (!isLarge[i])
            {
                _views[i] = _flat.narrow(0, start, parameters[i].numel()).view(parameters[i].shape);
                start += parameters[i].numel();
            }
        HasLarge = isLarge.Contains(true);
        scope.Detach([_flat, _gradients, _counts, .. _views.OfType<Tensor>()]);
    }

    /// <summary>Gets whether a gradient is exchanged where it is.</summary>
    public bool HasLarge { get; }

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
    /// <param name="weight">What this process's gradients are multiplied by before they are added up.</param>
    /// <param name="divisor">What the sum is divided by; null for the number of all rows.</param>
    public void Average(IProcessGroup group, long rows, double weight, double? divisor)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor?[] given = [.. _parameters.Select(parameter => rows > 0 ? parameter.grad : null)];
        Tensor[] sums = [.. given.Select((gradient, index) => _views[index] ?? (IsPlain(gradient) ? gradient! : zeros(_parameters[index].shape, _flat.dtype, CPU)))];
        Fill(sums, given, weight);
        double[] counts = [.. given.Select(gradient => gradient is null ? 0.0 : 1), rows];
        Write(counts);
        Exchange(group, _flat);
        foreach (int index in Where(index => _views[index] is null))
            Exchange(group, sums[index]);
        Read(counts);
        Spread(sums, given, counts, divisor ?? Math.Max(1, counts[^1]));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _views.OfType<Tensor>())
            tensor.Dispose();
        _counts.Dispose();
        _gradients.Dispose();
        _flat.Dispose();
    }

    private int[] Where(Func<int, bool> isMeant) => [.. Enumerable.Range(0, _parameters.Length).Where(isMeant)];

    private bool IsPlain(Tensor? gradient) => gradient is { is_sparse: false, device_type: DeviceType.CPU } && gradient.dtype == _flat.dtype && gradient.is_contiguous();

    private void Fill(Tensor[] sums, Tensor?[] given, double weight)
    {
        if (given.Any(gradient => gradient is null))
            _gradients.zero_();
        int[] filled = Where(index => given[index] is not null && (weight != 1 || !ReferenceEquals(sums[index], given[index])));
        if (filled.Length > 0)
            Script.Run("gather", filled.Select(index => sums[index]).ToArray(), filled.Select(index => given[index]!.is_sparse ? given[index]!.to_dense() : given[index]!).ToArray(), TorchScript.Numbers(weight));
    }

    private static void Exchange(IProcessGroup group, Tensor values)
    {
        using Tensor flat = values.view(-1);
        // One span holds no more than 2 GB.
        long most = int.MaxValue / flat.element_size();
        for (long start = 0; start < flat.numel(); start += most)
        {
            using Tensor part = flat.narrow(0, start, Math.Min(most, flat.numel() - start));
            if (flat.dtype == ScalarType.Float64)
                group.AllReduceSum(MemoryMarshal.Cast<byte, double>(part.bytes));
            else
                group.AllReduceSum(MemoryMarshal.Cast<byte, float>(part.bytes));
        }
    }

    private void Spread(Tensor[] sums, Tensor?[] given, double[] counts, double divisor)
    {
        // Back into the memory that they came from: to free it before the next backward would let the allocator return it, and take it anew in each step.
        int[] kept = Where(index => given[index] is { is_sparse: false });
        if (kept.Length > 0)
            Script.Run("scatter", kept.Select(index => sums[index]).ToArray(), kept.Select(index => given[index]!).ToArray(), TorchScript.Numbers(divisor));
        foreach (int index in Where(index => given[index] is not { is_sparse: false }))
            Return(_parameters[index], counts[index] > 0 ? sums[index] : null, divisor);
    }

    private static void Return(Parameter parameter, Tensor? sum, double divisor)
    {
        if (sum is null)
        {
            parameter.grad = null;
            return;
        }
        var mean = zeros_like(parameter);
        Script.Run("scatter", new[] { sum }, new[] { mean }, TorchScript.Numbers(divisor));
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
