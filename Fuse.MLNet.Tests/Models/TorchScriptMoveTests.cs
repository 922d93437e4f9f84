namespace Fuse.MLNet.Tests;

/// <summary>Moves a TorchScript network. Tensors are not counted: TorchSharp makes empty ones when it moves a script, which its statistics never forget.</summary>
[TestClass]
public sealed class TorchScriptMoveTests
{
    [TestMethod]
    public void ItMovesToOtherNumbers()
    {
        using var scope = NewDisposeScope();
        using var module = (TorchScriptModule)Network.TorchScript(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt")).Build();
        module.to(ScalarType.Float64);
        module.eval();
        Assert.IsTrue(module.parameters().All(parameter => parameter.dtype == ScalarType.Float64));
        Assert.AreEqual(ScalarType.Float64, module.call([rand([3, 2], ScalarType.Float64)])[0].dtype);
    }
}
