using System.Security.Cryptography;
using System.Text;
using TorchSharp.Modules;

namespace Fuse.MLNet;

/// <summary>Steps parameters with one of TorchSharp's own optimizers.</summary>
internal sealed class TorchSharpOptimizer : ParameterOptimizer
{
    private readonly OptimizerHelper _optimizer;
    private readonly string _stateName;
    private readonly string _sumName;
    private readonly double[] _rates;

    /// <summary>Wraps an optimizer, and owns it.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="learningRate">The learning rate outside of groups.</param>
    /// <param name="variant">Names the options that change which tensors the state has.</param>
    public TorchSharpOptimizer(OptimizerHelper optimizer, double learningRate, string variant = "")
        : base(learningRate)
    {
        _optimizer = optimizer;
        _stateName = $"torchsharp_{optimizer.GetType().Name}{variant}";
        _sumName = $"{_stateName}.sha256";
        _rates = [.. optimizer.ParamGroups.Select(group => group.LearningRate)];
    }

    /// <inheritdoc/>
    public override void ZeroGrad() => _optimizer.zero_grad();

    /// <inheritdoc/>
    public override void Step(Func<Tensor>? closure) => _optimizer.step();

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> SaveState()
    {
        byte[] bytes = Write(_optimizer.save_state_dict);
        return new Dictionary<string, Tensor> { [_stateName] = tensor(bytes), [_sumName] = tensor(SHA256.HashData(bytes)) };
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        if (state.Count != 2 || !state.TryGetValue(_stateName, out Tensor? saved) || !state.TryGetValue(_sumName, out Tensor? sum))
            throw Misfit($"it has {string.Join(", ", Kinds(state.Keys))}, and this optimizer needs {_stateName}");
        byte[] bytes = Bytes(saved);
        // TorchSharp takes memory for whatever sizes its own format claims.
        if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(Bytes(sum)))
            throw Misfit("it is damaged");
        List<OptimizerOptions> options = _optimizer.state_dict().Options;
        byte[][] own = [.. options.Select(option => Write(option.SaveStateDict))];
        using var scope = NewDisposeScope();
        try
        {
            Read(bytes, _optimizer.load_state_dict);
        }
        catch (Exception error) when (error is ArgumentException or InvalidDataException or IOException or FormatException)
        {
            throw Misfit(error.Message);
        }
        finally
        {
            // State that the optimizer made while it read outlives this scope.
            scope.Detach([.. scope.DisposablesView]);
            foreach ((OptimizerOptions option, byte[] present) in options.Zip(own))
                Read(present, option.LoadStateDict);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => _optimizer.Dispose();

    private protected override void OnScale(double factor)
    {
        foreach ((optim.ILearningRateController group, double rate) in _optimizer.ParamGroups.Zip(_rates))
            group.LearningRate = rate * factor;
    }

    private static byte[] Bytes(Tensor saved)
    {
        using var scope = NewDisposeScope();
        return saved.cpu().contiguous().bytes.ToArray();
    }

    private static byte[] Write(Action<BinaryWriter> save)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
            save(writer);
        return buffer.ToArray();
    }

    private static void Read(byte[] bytes, Action<BinaryReader> load)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        load(reader);
    }
}
