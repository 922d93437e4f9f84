namespace Fuse.MLNet.Tests;

/// <summary>Lets libtorch compute on one thread: the tests' tensors are small, and waking others for them costs more than it gains.</summary>
[TestClass]
public sealed class OneThread
{
    [AssemblyInitialize]
    public static void Set(TestContext context) => set_num_threads(1);
}
