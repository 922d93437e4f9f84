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

    /// <summary>Gets the name of a buffer that is no longer finite, or null.</summary>
    public string? BrokenBuffer()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return _module.named_buffers().Where(buffer => !_infinite.Contains(buffer.name) && !IsFinite(buffer.buffer)).Select(buffer => buffer.name).FirstOrDefault();
    }

    /// <summary>Tells whether every parameter, and every buffer that was, is finite.</summary>
    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return _module.parameters().All(IsFinite) && BrokenBuffer() is null;
    }

    private static bool IsFinite(Tensor value) => !value.is_floating_point() || value.isfinite().all().IsTrue();
}
