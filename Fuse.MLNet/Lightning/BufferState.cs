namespace Fuse.MLNet;

/// <summary>Holds a copy of a module's buffers, such as running statistics, in the current dispose scope.</summary>
internal sealed class BufferState
{
    private readonly (Tensor Buffer, Tensor Value)[] _values;

    private BufferState((Tensor Buffer, Tensor Value)[] values) => _values = values;

    public static BufferState Capture(nn.Module module) => new([.. module.buffers().Select(buffer => (buffer, buffer.detach().clone()))]);

    public void Restore()
    {
        using var noGrad = no_grad();
        foreach ((Tensor buffer, Tensor value) in _values)
            buffer.copy_(value);
    }
}
