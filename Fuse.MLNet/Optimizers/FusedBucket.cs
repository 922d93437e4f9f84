using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Holds parameters of one group, type and device, with their state, and steps them in one call.</summary>
internal sealed class FusedBucket : IDisposable
{
    private readonly FusedKernel _kernel;
    private readonly OptimizedGroup _group;
    private readonly Tensor[] _parameters;
    private readonly bool[] _contiguous;
    private readonly Tensor[][] _slots;
    private readonly Tensor _counts;
    private readonly Tensor[] _allCounts;
    private readonly Tensor[] _steps;
    private readonly Tensor _numbers;
    private readonly bool[] _started;

    public FusedBucket(FusedKernel kernel, OptimizedGroup group, double learningRate)
    {
        using var scope = NewDisposeScope();
        _kernel = kernel;
        _group = group;
        _parameters = [.. group.Values];
        _contiguous = [.. _parameters.Select(parameter => parameter.is_contiguous())];
        _slots = [.. Enumerable.Range(0, FusedKernel.SlotCount).Select(slot => kernel.HasSlot(slot) ? Fill(kernel.Initial(slot, learningRate * group.LearningRateFactor)) : [])];
        _counts = zeros(_parameters.Length, ScalarType.Float32, _parameters[0].device);
        _allCounts = kernel.Slots.Length > 0 ? [_counts] : [];
        _steps = _counts.unbind();
        _started = new bool[_parameters.Length];
        _numbers = TorchScript.Numbers([0, group.WeightDecay ?? kernel.WeightDecay, .. kernel.Numbers]);
        scope.Detach([_counts, _numbers, .. _steps, .. _slots.SelectMany(slot => slot)]);
        SetLearningRate(learningRate);
    }

    /// <summary>Sets the learning rate of the parameters that no group names.</summary>
    public void SetLearningRate(double learningRate) => MemoryMarshal.Cast<byte, double>(_numbers.bytes)[0] = learningRate * _group.LearningRateFactor;

    /// <summary>Forgets the gradients: an absent one costs nothing to make and lets backward write where it would add.</summary>
    public void ZeroGrad()
    {
        foreach (Tensor parameter in _parameters)
            parameter.grad = null;
    }

    /// <summary>Steps the parameters that have a gradient.</summary>
    public void Step()
    {
        var gradients = new Tensor?[_parameters.Length];
        for (int i = 0; i < gradients.Length; i++)
            gradients[i] = Gradient(_parameters[i], i);
        bool all = !gradients.Contains(null);
        bool mixed = _kernel.AsksFirst && _started.Distinct().Count() > 1;
        if (all && !mixed)
            _kernel.Step(_parameters, gradients!, _allCounts, _steps, _slots, !_started[0], _numbers);
        else
            foreach (IGrouping<bool, int> part in Enumerable.Range(0, gradients.Length).Where(index => gradients[index] is not null).GroupBy(index => !_started[index] && _kernel.AsksFirst))
                StepSome([.. part], gradients, part.Key);
        for (int i = 0; i < gradients.Length; i++)
            _started[i] |= gradients[i] is not null;
    }

    /// <summary>Gets the state by name: PyTorch's name of it, a dot, and the parameter's name. The tensors are the caller's and share the memory.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => Owned().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.detach()));

    /// <summary>Copies saved state, whose names and shapes were checked.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach ((string name, Tensor value) in Owned())
            value.copy_(state[name]);
        using Tensor counts = _counts.cpu();
        float[] steps = counts.data<float>().ToArray();
        for (int i = 0; i < steps.Length; i++)
            _started[i] = steps[i] > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor value in (Tensor[])[_counts, _numbers, .. _steps, .. _slots.SelectMany(slot => slot)])
            value.Dispose();
    }

    private Tensor[] Fill(double initial)
    {
        using Scalar value = initial;
        return [.. _parameters.Select(parameter => full_like(parameter, value, requires_grad: false))];
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Owned()
    {
        for (int i = 0; i < _parameters.Length && _kernel.Slots.Length > 0; i++)
        {
            string name = _group.Parameters[i].Key;
            yield return new($"step.{name}", _steps[i]);
            for (int slot = 0; slot < FusedKernel.SlotCount; slot++)
                if (_kernel.HasSlot(slot))
                    yield return new($"{_kernel.Slots[slot]}.{name}", _slots[slot][i]);
        }
    }

    private void StepSome(int[] indices, Tensor?[] gradients, bool first)
    {
        Tensor[] Pick(Tensor?[] from) => from.Length == 0 ? [] : [.. indices.Select(index => from[index]!)];
        Tensor[] steps = Pick(_steps);
        _kernel.Step(Pick(_parameters), Pick(gradients), _allCounts.Length > 0 ? steps : [], steps, [.. _slots.Select(Pick)], first, _numbers);
    }

    /// <summary>Gets a gradient laid out as its parameter is, which the kernels take for granted.</summary>
    private Tensor? Gradient(Tensor parameter, int index)
    {
        if (parameter.grad is not { } gradient)
            return null;
        if (gradient.is_sparse)
            throw MLNetErrors.Mark(new NotSupportedException($"The parameter '{_group.Parameters[index].Key}' has a sparse gradient, which this optimizer does not take. " +
                $"Choose {nameof(OptimizerSpec.Implementation)} = {nameof(OptimizerImplementation)}.{nameof(OptimizerImplementation.TorchSharp)}, or make the layer's gradient dense."));
        bool same = _contiguous[index] ? gradient.is_contiguous() : gradient.stride().AsSpan().SequenceEqual(parameter.stride());
        return same ? gradient : empty_like(parameter, requires_grad: false).copy_(gradient);
    }
}
