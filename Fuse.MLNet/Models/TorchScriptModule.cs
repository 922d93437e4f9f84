using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fuse.MLNet;

/// <summary>Runs a TorchScript network: what <see cref="FuseTransformer.Network"/> is for <see cref="Network.TorchScript"/>. Its parts are such modules too.</summary>
/// <remarks>
/// Parameters, buffers and parts have the names that they have in Python. What a traced network, unlike a scripted one, does in training it does in evaluation too:
/// tracing keeps one of both. A GPU gets its parameters and buffers, as in Python; a tensor that is neither stays on the CPU.
/// </remarks>
public sealed class TorchScriptModule : nn.Module<Tensor[], Tensor[]>
{
    private static readonly TorchScript Script = new("""
        def same(left: Tensor, right: Tensor) -> Tensor:
            return torch.tensor(left.is_set_to(right))

        """);

    private readonly jit.ScriptModule _script;
    private readonly bool _hasBuffers;

    internal TorchScriptModule(jit.ScriptModule script)
        : this(script, [])
    {
    }

    private TorchScriptModule(jit.ScriptModule script, List<Parameter> known)
        : base(nameof(TorchScriptModule))
    {
        _script = script;
        foreach ((string name, Parameter parameter) in script.named_parameters().Where(pair => IsOwn(pair.name)))
        {
            // One parameter under two names is one to optimizers, too.
            Parameter own = known.Find(other => AreSame(other, parameter)) ?? parameter;
            known.Add(own);
            register_parameter(name, own);
            own.DetachFromDisposeScope();
        }
        foreach ((string name, Tensor buffer) in script.named_buffers().Where(pair => IsOwn(pair.name)))
            register_buffer(name, buffer.DetachFromDisposeScope());
        foreach ((string name, nn.Module part) in script.named_children())
            register_module(name, new TorchScriptModule((jit.ScriptModule)part, known));
        _hasBuffers = named_buffers().Any();
    }

    /// <summary>Runs the script's <c>forward</c>.</summary>
    /// <param name="input">Its arguments.</param>
    /// <returns>The tensor that it gives, or those of its tuple or list.</returns>
    /// <exception cref="InvalidOperationException">It gives something else.</exception>
    /// <exception cref="ExternalException">It fails, or takes other arguments.</exception>
    public override Tensor[] forward(Tensor[] input)
    {
        ArgumentNullException.ThrowIfNull(input);
        object? result = Call([.. input]);
        if (_hasBuffers && training)
            KeepBuffers();
        return result switch
        {
            Tensor tensor => [tensor],
            Tensor[] tensors => tensors,
            ITuple tuple when Items(tuple).All(item => item is Tensor) => [.. Items(tuple).Cast<Tensor>()],
            _ => throw NoTensors(),
        };
    }

    /// <summary>Writes the script with its present weights as a TorchScript file: <c>torch.jit.load(path)</c> in Python, with or without a GPU.</summary>
    /// <param name="path">The file; one that is there is replaced, whole or not at all.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.WriteTo(path, temporary =>
        {
            jit.save(_script, temporary);
            if (state_dict().Values.All(value => value.device_type == DeviceType.CPU))
                return;
            using var scope = NewDisposeScope();
            using jit.ScriptModule onCpu = jit.load(temporary);
            jit.save(onCpu, temporary);
        });
    }

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        base.train(train);
        _script.train(train);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">It is a device that TorchSharp does not move scripts to.</exception>
    protected override nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking)
    {
        if (deviceType is not (DeviceType.CPU or DeviceType.CUDA))
            throw MLNetErrors.Mark(new NotSupportedException($"TorchSharp does not move a TorchScript network to {deviceType}: set Device to {nameof(FuseDevice)}.{nameof(FuseDevice.Cpu)}."));
        // They are the script's own. TorchSharp's way would count a tensor more for every attribute of the script that is none.
        int index = deviceType == DeviceType.CUDA ? Math.Max(0, deviceIndex) : -1;
        ModuleMove.MoveValues(this, new Device(deviceType, index));
        (_deviceType, _deviceIndex) = (deviceType, index);
        return this;
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: indices and counts would be converted too.</exception>
    protected override nn.Module _to(Device device, ScalarType dtype, bool non_blocking) => _to(dtype, non_blocking);

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: indices and counts would be converted too.</exception>
    protected override nn.Module _to(ScalarType dtype, bool non_blocking) =>
        throw MLNetErrors.Mark(new NotSupportedException("A TorchScript network keeps the types of its numbers: convert it in Python before it is saved, model.to(dtype)."));

    // Everything is registered by the names that the script has; the script itself is no part of its own.
    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _script.Dispose();
    }

    /// <summary>Takes over what the script put in the place of a buffer, as in <c>self.count = self.count + 1</c>, so that the buffer is the same object still.</summary>
    private void KeepBuffers()
    {
        using var noGrad = no_grad();
        foreach ((string name, Tensor value) in PresentBuffers(_script))
        {
            using (value)
            {
                if (get_buffer(name) is not { } own || AreSame(own, value))
                    continue;
                if (own.dtype != value.dtype || !own.shape.AsSpan().SequenceEqual(value.shape))
                    throw new InvalidOperationException($"the TorchScript network puts {value.dtype} {BatchFeatures.Shape(value)} in the place of its buffer '{name}', {own.dtype} {BatchFeatures.Shape(own)}: change its forward to keep type and shape");
                own.copy_(value);
                int dot = name.LastIndexOf('.');
                TorchScriptModule owner = dot < 0 ? this : (TorchScriptModule)named_modules().First(part => part.name == name[..dot]).module;
                owner._script.set_attribute(name[(dot + 1)..], own);
            }
        }
    }

    // The public ones are those of the time when the script was loaded.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "_named_buffers")]
    private static extern (string Name, Tensor Value)[] PresentBuffers(jit.ScriptModule script);

    private object? Call(object[] arguments)
    {
        try
        {
            return _script.call(arguments);
        }
        catch (Exception error) when (error is NotImplementedException or ArgumentOutOfRangeException)
        {
            // What TorchSharp makes of dictionaries and objects.
            throw NoTensors();
        }
    }

    private static InvalidOperationException NoTensors() =>
        new("the TorchScript network gave something else than a tensor, or a tuple or list of tensors, such as a dictionary: change what its forward returns");

    private static bool IsOwn(string name) => !name.Contains('.', StringComparison.Ordinal);

    /// <summary>Tells whether two tensors are the same part of the same memory.</summary>
    private static bool AreSame(Tensor left, Tensor right)
    {
        if (left.device_type != right.device_type || left.dtype != right.dtype)
            return false;
        using Tensor same = Script.Compute("same", left, right);
        return same.IsTrue();
    }

    private static IEnumerable<object?> Items(ITuple tuple) => Enumerable.Range(0, tuple.Length).Select(i => tuple[i]);
}
