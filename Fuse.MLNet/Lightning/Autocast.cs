namespace Fuse.MLNet;

/// <summary>Turns libtorch's autocast on for the present thread. TorchSharp does not offer it, so its C++ functions are called by their exported names.</summary>
internal sealed class Autocast : IDisposable
{
    private static readonly Lazy<Functions?> Native = new(Functions.Find);
    private readonly sbyte _device;

    private Autocast(DeviceType device)
    {
        _device = (sbyte)device;
        Functions native = Native.Value!;
        native.SetType(_device, (sbyte)ScalarType.BFloat16);
        native.SetEnabled(_device, 1);
        // Its cache of cast weights would outlive an optimizer's step by hand, and forget gradients after a forward without them.
        native.SetCache(0);
        native.IncrementNesting();
    }

    /// <summary>Checks that a precision can be had.</summary>
    /// <exception cref="NotSupportedException">It cannot.</exception>
    public static void Check(Precision precision, DeviceType device)
    {
        if (precision == Precision.Full)
            return;
        if (device is not (DeviceType.CPU or DeviceType.CUDA))
            throw Missing(precision, $"is there on the CPU and on CUDA, not on {device}");
        if (Native.Value is null)
            throw Missing(precision, "needs functions that this libtorch does not export");
    }

    /// <summary>Computes in a precision until what is returned is disposed; null for full precision.</summary>
    public static IDisposable? Enter(Precision precision, DeviceType device) => precision == Precision.Full ? null : new Autocast(device);

    public void Dispose()
    {
        Functions native = Native.Value!;
        native.DecrementNesting();
        native.SetCache(1);
        native.SetEnabled(_device, 0);
    }

    private static NotSupportedException Missing(Precision precision, string why) =>
        MLNetErrors.Mark(new NotSupportedException($"{nameof(TrainerOptions.Precision)} = {precision} {why}; use {nameof(Precision.Full)}."));

    private sealed record Functions(Functions.TakeFlag SetEnabled, Functions.TakeType SetType, Functions.GiveCount IncrementNesting, Functions.GiveCount DecrementNesting, Functions.TakeOne SetCache)
    {
        public delegate void TakeFlag(sbyte device, byte isEnabled);

        public delegate void TakeType(sbyte device, sbyte type);

        public delegate void TakeOne(byte isEnabled);

        public delegate int GiveCount();

        /// <summary>Finds the functions, by the names that the platform's compiler gives them, or returns null.</summary>
        public static Functions? Find() => NativeExports.Library("torch_cpu") is { } library
            && NativeExports.Function<TakeFlag>(library, "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", "?set_autocast_enabled@autocast@at@@YAXW4DeviceType@c10@@_N@Z") is { } enabled
            && NativeExports.Function<TakeType>(library, "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", "?set_autocast_dtype@autocast@at@@YAXW4DeviceType@c10@@W4ScalarType@4@@Z") is { } type
            && NativeExports.Function<GiveCount>(library, "_ZN2at8autocast17increment_nestingEv", "?increment_nesting@autocast@at@@YAHXZ") is { } increment
            && NativeExports.Function<GiveCount>(library, "_ZN2at8autocast17decrement_nestingEv", "?decrement_nesting@autocast@at@@YAHXZ") is { } decrement
            && NativeExports.Function<TakeOne>(library, "_ZN2at8autocast26set_autocast_cache_enabledEb", "?set_autocast_cache_enabled@autocast@at@@YAX_N@Z") is { } cache
            ? new(enabled, type, increment, decrement, cache) : null;
    }
}
