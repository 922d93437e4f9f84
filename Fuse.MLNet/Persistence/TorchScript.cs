namespace Fuse.MLNet;

/// <summary>Holds TorchScript functions, compiled once a process at their first call; safe to call from several threads.</summary>
/// <remarks>
/// One call does what takes many calls of TorchSharp, and numbers that travel in a tensor need no Scalar: nothing keeps one alive while
/// native code reads it, so that a garbage collection caused by another thread can free it too early. A name that TorchScript does not know
/// ends the process when the source is compiled; an operation that a device does not have throws when it is called.
/// </remarks>
/// <param name="source">The functions. Numbers are passed as a Float64 tensor on the CPU and read by <c>tolist()</c>.</param>
internal sealed class TorchScript(string source)
{
    // TorchSharp never frees a unit, so a constant number of sources may be compiled: none with numbers written into it.
    private readonly Lazy<jit.CompilationUnit> _unit = new(() => jit.compile(source));

    /// <summary>Calls a function that returns nothing.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="arguments">Tensors, arrays of tensors, and Booleans.</param>
    public void Run(string function, params object[] arguments) => _unit.Value.invoke(function, arguments);

    /// <summary>Calls a function that returns a tensor, which is the caller's.</summary>
    /// <inheritdoc cref="Run"/>
    public Tensor Compute(string function, params object[] arguments) => (Tensor)_unit.Value.invoke(function, arguments);

    /// <summary>Puts numbers into a tensor of the caller's.</summary>
    public static Tensor Numbers(params double[] values) => tensor(values);
}
