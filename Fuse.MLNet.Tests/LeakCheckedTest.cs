using System.Runtime;
using System.Runtime.CompilerServices;

namespace Fuse.MLNet.Tests;

/// <summary>Is the base of tests that make tensors: each must leave as many live tensors and files in its temporary folder as it found.</summary>
public abstract class LeakCheckedTest
{
    private const long QuietBytes = 128L << 20;
    private static long s_elsewhere;
    private readonly Stack<IDisposable> _owned = new();
    private long _tensors;

    /// <summary>Gets a folder of this test, deleted at its end.</summary>
    protected string Folder { get; private set; } = "";

    [TestInitialize]
    public void Remember()
    {
        Folder = Directory.CreateTempSubdirectory("fuse-mlnet-test-").FullName;
        _tensors = LiveTensors();
        // TorchSharp does not keep a Scalar alive while native code reads it, so a collection that another thread starts in that moment
        // makes the call fail. Tests of ordinary size run without collections.
        GC.TryStartNoGCRegion(QuietBytes);
    }

    [TestCleanup]
    public void Compare()
    {
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            GC.EndNoGCRegion();
        while (_owned.TryPop(out IDisposable? item))
            item.Dispose();
        Directory.Delete(Folder, recursive: true);
        Assert.AreEqual(_tensors, LiveTensors(), "The test left live tensors behind.");
    }

    /// <summary>Disposes something at the end of the test, such as a transformer.</summary>
    protected T Own<T>(T item)
        where T : class
    {
        if (item is IDisposable disposable)
            _owned.Push(disposable);
        return item;
    }

    /// <summary>Counts live tensors after every abandoned one was collected.</summary>
    /// <remarks>
    /// TorchSharp's Tensor.TotalCount grows by one for each Parameter ever made, because the tensor that it takes over is counted on. Its
    /// statistics are right, but each thread has its own, and abandoned tensors end on the finalizer's: the two together are the count.
    /// </remarks>
    protected static long LiveTensors()
    {
        for (int i = 0; i < 2; i++)
        {
            FinalizerThread.Visit();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return DisposeScopeManager.Statistics.ThreadTotalLiveCount + FinalizerThread.LiveTensors + Interlocked.Read(ref s_elsewhere);
    }

    /// <summary>Does things on other threads at once, whose live tensors count too.</summary>
    protected static void OnOtherThreads(params Action[] actions)
    {
        Exception? failure = null;
        Thread[] threads = [.. actions.Select(action => new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = error;
            }

            Interlocked.Add(ref s_elsewhere, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.IsTrue(thread.Join(TimeSpan.FromMinutes(1)), "Another thread did not end.");
        if (failure is not null)
            throw new AssertFailedException($"Another thread failed: {failure.Message}", failure);
    }

    private sealed class FinalizerThread
    {
        ~FinalizerThread() => LiveTensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        public static long LiveTensors { get; private set; }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Visit() => _ = new FinalizerThread();
    }
}
