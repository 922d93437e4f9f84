namespace Fuse.MLNet.Tests;

/// <summary>Lets libtorch compute on one thread: the tests' tensors are small, and waking others for them costs more than it gains. Where there is a GPU, Float32 is Float32 there too.</summary>
[TestClass]
public sealed class OneThread
{
    [AssemblyInitialize]
    public static void Set(TestContext context)
    {
        set_num_threads(1);
        // By default the convolutions of a GPU round to TF32, of ten bits.
        if (cuda.is_available())
            backends.cudnn.allow_tf32 = false;
    }
}
