namespace Fuse.MLNet;

/// <summary>Finds parameters and buffers that were finite when a run began and are no longer; a mask may hold infinity from the start.</summary>
internal sealed class FiniteCheck
{
    private readonly nn.Module _module;
    private readonly HashSet<string> _infinite;

    public FiniteCheck(nn.Module module)
    {
        _module = module;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _infinite = [.. _module.named_buffers().Where(buffer => !IsFinite(buffer.buffer)).Select(buffer => buffer.name)];
    }

    /// <summary>Says what is no longer finite, or returns null when everything is that was.</summary>
    public string? Problem()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string name, Tensor buffer) in _module.named_buffers())
            if (!_infinite.Contains(name) && !IsFinite(buffer))
                return $"The network's buffer '{name}' is not finite; batch normalization needs more than one row in a batch";
        return _module.parameters().All(IsFinite) ? null : "A weight of the network is not finite";
    }

    private static bool IsFinite(Tensor value) => !value.is_floating_point() || value.isfinite().all().IsTrue();
}
