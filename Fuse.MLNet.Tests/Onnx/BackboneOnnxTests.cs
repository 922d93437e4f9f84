using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Exports every backbone and runs it by ONNX Runtime.</summary>
[TestClass]
public sealed class BackboneOnnxTests : LeakCheckedTest
{
    [TestMethod]
    [DynamicData(nameof(Backbones.MiddleNames), typeof(Backbones))]
    public void OnnxRuntimeGivesTheSame(string name)
    {
        BackboneCase backbone = BackboneCase.Of(name);
        var ml = new MLContext(seed: 1);
        long[][] shapes = [.. backbone.InputShapes.Select(shape => shape[1..])];
        IDataView rows = Untrained.Rows(ml, 10, shapes, backbone.Vocabularies);
        FuseTransformer model = Own(Untrained.Model(Backbones.All[name], shapes, backbone.OutputShape[1..], BackboneCase.Fill));
        OnnxRun.IsEqual(ml, OnnxRun.Export(ml, model, rows), model, rows, [1, 3]);
    }
}
