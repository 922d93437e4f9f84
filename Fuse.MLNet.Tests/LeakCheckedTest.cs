namespace Fuse.MLNet.Tests;

/// <summary>Is the base of tests that make tensors: each must leave as many live tensors and files in its temporary folder as it found.</summary>
public abstract class LeakCheckedTest
{
    private long _tensors;

    /// <summary>Gets a folder of this test, deleted at its end.</summary>
    protected string Folder { get; private set; } = "";

    [TestInitialize]
    public void Remember()
    {
        Folder = Directory.CreateTempSubdirectory("fuse-mlnet-test-").FullName;
        _tensors = LiveTensors();
    }

    [TestCleanup]
    public void Compare()
    {
        Directory.Delete(Folder, recursive: true);
        Assert.AreEqual(_tensors, LiveTensors(), "The test left live tensors behind.");
    }

    /// <summary>Counts live tensors after every abandoned one was collected.</summary>
    protected static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Tensor.TotalCount;
    }
}
