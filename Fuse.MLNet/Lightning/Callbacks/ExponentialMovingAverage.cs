using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Averages the weights over the optimizer steps and gives the model the average: it is validated with it, is kept as its best epoch, and ends with it.</summary>
/// <remarks>
/// After each batch with an optimizer step, average = decay x average + (1 - decay) x weights, from the weights at the start. Training itself goes on with its own
/// weights, and with the same bits as without this callback. Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992;
/// Lightning's <c>EMAWeightAveraging</c>. Checkpoints hold both, and a resumed run ends with the bits of an uninterrupted one. A run that diverged keeps
/// the weights that the trainer kept of its last finished epoch.
/// </remarks>
/// <param name="decay">How much of the average stays at a step, at least 0 and below 1. Default: 0.999.</param>
public sealed class ExponentialMovingAverage(double decay = 0.999) : Callback
{
    private const string StepsName = "steps";
    private static readonly TorchScript Script = new("""
        def move(averages: List[Tensor], weights: List[Tensor], numbers: Tensor):
            n: List[float] = numbers.tolist()
            torch._foreach_lerp_(averages, weights, n[0])

        """);

    private Dictionary<string, Tensor> _averages = [];
    private (Tensor Weight, Tensor Average)[] _pairs = [];
    private long _steps;
    private bool _isSwapped;

    /// <summary>Gets how much of the average stays at a step.</summary>
    public double Decay { get; } = decay is >= 0 and < 1 ? decay : throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must be at least 0 and below 1.");

    /// <summary>Gets whether the decay of step t, from 1, is at most (1 + t) / (10 + t), so that the first weights are soon forgotten. Default: true.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>Gets whether floating-point buffers, such as running statistics, are averaged too. Default: false, the model keeps those of training.</summary>
    public bool AveragesBuffers { get; init; }

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        Dictionary<string, Tensor> loaded = _averages;
        _averages = new(StringComparer.Ordinal);
        _isSwapped = false;
        IEnumerable<KeyValuePair<string, Tensor>> buffers = context.Module.named_buffers().Where(buffer => AveragesBuffers && buffer.buffer.is_floating_point())
            .Select(buffer => KeyValuePair.Create(buffer.name, buffer.buffer));
        _pairs =
        [
            .. context.Module.named_parameters().Select(parameter => KeyValuePair.Create(parameter.name, (Tensor)parameter.parameter)).Concat(buffers)
                .Select(pair => (pair.Value, _averages[pair.Key] = Copy(loaded.TryGetValue(pair.Key, out Tensor? average) ? average : pair.Value, pair.Value.device))),
        ];
        Free(loaded);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.HasStepped)
            return;
        _steps++;
        using var noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double taken = 1 - (WarmsUp ? Math.Min(Decay, (1.0 + _steps) / (10.0 + _steps)) : Decay);
        // Exact where both are equal, as for frozen parameters.
        Script.Run("move", _pairs.Select(pair => pair.Average).ToArray(), _pairs.Select(pair => pair.Weight).ToArray(), TorchScript.Numbers(taken));
    }

    /// <inheritdoc/>
    public override void OnValidationStart(TrainingContext context) => Swap(toAverage: true);

    /// <inheritdoc/>
    public override void OnValidationEnd(TrainingContext context) => Swap(toAverage: false);

    /// <inheritdoc/>
    public override void OnValidationInterrupted(TrainingContext context) => Swap(toAverage: false);

    /// <inheritdoc/>
    public override void OnFitEnd(TrainingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.RestoredEpoch is null && context.StopReason != StopReason.Diverged)
            Swap(toAverage: true);
        Free(_averages);
    }

    /// <inheritdoc/>
    public override void OnException(TrainingContext context, Exception error) => Free(_averages);

    /// <inheritdoc/>
    public override void SaveState(CallbackState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Values[StepsName] = _steps.ToString(CultureInfo.InvariantCulture);
        foreach ((string name, Tensor average) in _averages)
            state.Tensors[name] = average;
    }

    /// <inheritdoc/>
    public override void LoadState(CallbackState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _steps = long.Parse(state.Values[StepsName], CultureInfo.InvariantCulture);
        _averages = state.Tensors.ToDictionary(pair => pair.Key, pair => Copy(pair.Value, pair.Value.device));
    }

    private static Tensor Copy(Tensor value, Device device)
    {
        using Tensor own = value.detach();
        return own.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Exchanges the weights with the average, in place, so that the optimizer's parameters stay the same objects.</summary>
    private void Swap(bool toAverage)
    {
        if (_isSwapped == toAverage)
            return;
        _isSwapped = toAverage;
        using var noGrad = no_grad();
        foreach ((Tensor weight, Tensor average) in _pairs)
        {
            using Tensor kept = weight.clone();
            weight.copy_(average);
            average.copy_(kept);
        }
    }

    private void Free(Dictionary<string, Tensor> averages)
    {
        foreach (Tensor average in averages.Values)
            average.Dispose();
        averages.Clear();
        if (ReferenceEquals(averages, _averages))
            _pairs = [];
    }
}
