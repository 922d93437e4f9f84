namespace Fuse.MLNet;

/// <summary>Has cuDNN, libtorch's library of convolutions on NVIDIA GPUs, choose only among algorithms that give the same bits each time, while a run goes on.</summary>
/// <remarks>TorchSharp does not offer the setting, <c>torch.backends.cudnn.deterministic</c> in Python; it is one for the process. Other kernels of a GPU may still add in changing orders.</remarks>
internal sealed class DeterministicKernels : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<Functions?> Native = new(Functions.Find);
    private static int s_runs;
    private static bool s_before;

    private DeterministicKernels()
    {
    }

    /// <summary>Begins a run on a device; disposing what is returned ends it.</summary>
    /// <returns>Null where there is nothing to set.</returns>
    public static DeterministicKernels? Enter(DeviceType device)
    {
        if (device != DeviceType.CUDA || Native.Value is not { } native)
            return null;
        lock (Gate)
        {
            if (s_runs++ == 0)
            {
                s_before = native.Get(native.Context());
                native.Set(native.Context(), 1);
            }
        }
        return new();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--s_runs == 0)
                Native.Value!.Set(Native.Value.Context(), s_before ? (byte)1 : (byte)0);
        }
    }

    private sealed record Functions(Functions.GiveContext Context, Functions.GiveFlag Flag, Functions.TakeFlag Set)
    {
        public delegate nint GiveContext();

        public delegate byte GiveFlag(nint context);

        public delegate void TakeFlag(nint context, byte isDeterministic);

        public bool Get(nint context) => Flag(context) != 0;

        public static Functions? Find() => NativeExports.Library("torch_cpu") is { } library
            && NativeExports.Function<GiveContext>(library, "_ZN2at13globalContextEv", "?globalContext@at@@YAAEAVContext@1@XZ") is { } context
            && NativeExports.Function<GiveFlag>(library, "_ZNK2at7Context18deterministicCuDNNEv", "?deterministicCuDNN@Context@at@@QEBA_NXZ") is { } flag
            && NativeExports.Function<TakeFlag>(library, "_ZN2at7Context21setDeterministicCuDNNEb", "?setDeterministicCuDNN@Context@at@@QEAAX_N@Z") is { } set
            ? new(context, flag, set) : null;
    }
}
