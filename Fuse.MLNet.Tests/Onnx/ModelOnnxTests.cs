using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Exports every kind of model and runs it by ONNX Runtime.</summary>
[TestClass]
public sealed class ModelOnnxTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 3);

    public static IEnumerable<object[]> Names => ModelSamples.Models.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void OnnxRuntimeGivesTheSame(string name)
    {
        IDataView rows = Scan.Rows(_ml, 12);
        FuseTransformer model = Own(_ml.Fuse().Train(ModelTableTests.Options(name)).Fit(rows));
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows, [1, 2, 12]);
    }
}
