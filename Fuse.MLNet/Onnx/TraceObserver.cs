using System.Runtime.InteropServices;
using System.Text;

namespace Fuse.MLNet;

/// <summary>
/// Lets libtorch write down every operation that it runs, its "execution trace". TorchSharp does not offer it, so its C++ functions are called by their exported names.
/// </summary>
/// <remarks>
/// The observer sees all threads, and libtorch's callbacks hold its bare address, so it must not be freed: another thread may be within an operation that began under it. So the
/// process has one, made by the first recording, turned on and off by each, and never removed. (Nor would a second observer know of an operation that began under the
/// first one: libtorch keeps the operations of each thread on a stack of the observer.) What stays is the observer, its file, and the addresses of tensors that it has seen.
/// </remarks>
internal static class TraceObserver
{
    private static readonly Lazy<Functions?> Native = new(Functions.Find);
    private static readonly Lock Gate = new();
    private static TraceFile? s_file;

    /// <summary>Runs something and returns its operations, and those of other threads meanwhile, as a JSON array.</summary>
    /// <exception cref="NotSupportedException">This libtorch does not export the functions.</exception>
    /// <exception cref="IOException">The file for temporary use cannot be written.</exception>
    public static byte[] Record(Action run)
    {
        Functions native = Native.Value ?? throw MLNetErrors.Mark(new NotSupportedException(
            "The ONNX export needs functions of libtorch, addExecutionTraceObserver and its like, that this libtorch does not export: export on a machine with libtorch 2.10 for Linux x64 or Windows x64."));
        // Before the lock: one that traces within its own step must not wait for one that waits for the step's end.
        using TraceGate.Trace alone = TraceGate.EnterTrace();
        lock (Gate)
        {
            using IDisposable quiet = native.Quiet();
            TraceFile file = s_file ??= TraceFile.Open(native.Add);
            native.Enable();
            try
            {
                return file.Record(run);
            }
            finally
            {
                native.Disable();
            }
        }
    }

    private sealed record Functions(Functions.TakeText AddTo, Functions.Act Enable, Functions.Act Disable, nint LogLevel)
    {
        private const int Error = 2;

        public delegate byte TakeText(nint text);

        public delegate void Act();

        /// <summary>Finds the functions, by the names that the platform's compiler gives them, or returns null.</summary>
        public static Functions? Find() => NativeExports.Library("torch_cpu") is { } library && !OperatingSystem.IsMacOS()
            && NativeExports.Function<TakeText>(library, "_ZN5torch8profiler4impl25addExecutionTraceObserverERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
                "?addExecutionTraceObserver@impl@profiler@torch@@YA_NAEBV?$basic_string@DU?$char_traits@D@std@@V?$allocator@D@2@@std@@@Z") is { } add
            && NativeExports.Function<Act>(library, "_ZN5torch8profiler4impl28enableExecutionTraceObserverEv", "?enableExecutionTraceObserver@impl@profiler@torch@@YAXXZ") is { } enable
            && NativeExports.Function<Act>(library, "_ZN5torch8profiler4impl29disableExecutionTraceObserverEv", "?disableExecutionTraceObserver@impl@profiler@torch@@YAXXZ") is { } disable
            ? new(add, enable, disable, NativeExports.Address(NativeExports.Library("c10"), "FLAGS_caffe2_log_level", "?FLAGS_caffe2_log_level@@3HA")) : null;

        /// <summary>Adds the observer.</summary>
        public void Add(string path)
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(path), 0];
            nint text = Marshal.AllocHGlobal(bytes.Length);
            nint value = Marshal.AllocHGlobal(4 * sizeof(long));
            try
            {
                Marshal.Copy(bytes, 0, text, bytes.Length);
                // A std::string of text that is too long to lie inside it. GNU: address, length, capacity. Microsoft: address, unused, length, capacity.
                nint length = value + (OperatingSystem.IsWindows() ? 2 * sizeof(long) : sizeof(long));
                Marshal.WriteInt64(value + sizeof(long), 0);
                Marshal.WriteIntPtr(value, text);
                Marshal.WriteInt64(length, bytes.Length - 1);
                Marshal.WriteInt64(length + sizeof(long), bytes.Length - 1);
                if (AddTo(value) == 0)
                    throw new IOException($"The file '{path}' cannot be written.");
            }
            finally
            {
                Marshal.FreeHGlobal(value);
                Marshal.FreeHGlobal(text);
            }
        }

        /// <summary>Keeps libtorch from writing to the console that the observer was turned on and off.</summary>
        public IDisposable Quiet() => new LogLevelChange(LogLevel);

        private sealed class LogLevelChange : IDisposable
        {
            private readonly nint _address;
            private readonly int _before;

            public LogLevelChange(nint address)
            {
                _address = address;
                if (address == 0)
                    return;
                _before = Marshal.ReadInt32(address);
                Marshal.WriteInt32(address, Math.Max(_before, Error));
            }

            public void Dispose()
            {
                if (_address != 0)
                    Marshal.WriteInt32(_address, _before);
            }
        }
    }
}
