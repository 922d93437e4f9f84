using System.Runtime.CompilerServices;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Counts tensors.</summary>
/// <remarks>TorchSharp counts those of each thread by itself, and those that nobody disposed end on the finalizer's.</remarks>
internal static class LiveTensors
{
    /// <summary>Counts those of this thread and, after everything abandoned was collected, of the finalizer's.</summary>
    public static long Count()
    {
        for (int i = 0; i < 2; i++)
        {
            Visitor.Send();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return OfThread + Visitor.Found;
    }

    /// <summary>Gets those of this thread.</summary>
    public static long OfThread => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private sealed class Visitor
    {
        ~Visitor() => Found = OfThread;

        public static long Found { get; private set; }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Send() => _ = new Visitor();
    }
}
