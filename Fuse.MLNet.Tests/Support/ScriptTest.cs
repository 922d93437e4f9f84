namespace Fuse.MLNet.Tests;

/// <summary>Is the base of tests that run scripts as a document shows them, whose files are in the current folder.</summary>
public abstract class ScriptTest : LeakCheckedTest
{
    private string _before = "";

    [TestInitialize]
    public void EnterFolder()
    {
        _before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Folder;
    }

    [TestCleanup]
    public void LeaveFolder() => Environment.CurrentDirectory = _before;
}
