namespace Fuse.MLNet.Tests;

/// <summary>Is the base of the losses' tests: they compute on one thread.</summary>
/// <remarks>The tensors are small: on a busy machine several threads wait for each other far longer than they compute.</remarks>
public abstract class LossTest : LeakCheckedTest
{
    private int _threads;

    [TestInitialize]
    public void UseOneThread()
    {
        _threads = get_num_threads();
        set_num_threads(1);
    }

    [TestCleanup]
    public void UseAllThreads() => set_num_threads(_threads);
}
