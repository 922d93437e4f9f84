namespace Fuse.MLNet;

/// <summary>Holds a copy of a module's parameters and buffers, to be put back in place later.</summary>
internal sealed class ModuleState : IDisposable
{
    private readonly Dictionary<string, Tensor> _values;

    private ModuleState(Dictionary<string, Tensor> values) => _values = values;

    /// <summary>Copies the parameters and buffers of <paramref name="module"/>, on its own device.</summary>
    public static ModuleState Capture(nn.Module module)
    {
        using var noGrad = no_grad();
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach ((string name, Tensor value) in module.state_dict())
            values[name] = value.detach().clone().DetachFromDisposeScope();
        return new ModuleState(values);
    }

    /// <summary>Gets the values by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Values => _values;

    /// <summary>Copies the module's present values over the ones held, without taking new memory.</summary>
    public void Update(nn.Module module)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in module.state_dict())
            _values[name].copy_(value);
    }

    /// <summary>Copies the held values back into <paramref name="module"/>, in place, so that its optimizer stays valid.</summary>
    public void Restore(nn.Module module)
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in module.state_dict())
            value.copy_(_values[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor value in _values.Values)
            value.Dispose();
    }
}
