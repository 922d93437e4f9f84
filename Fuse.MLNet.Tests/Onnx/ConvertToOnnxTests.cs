using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace Fuse.MLNet.Tests;

/// <summary>Converts whole pipelines as ML.NET's <c>ConvertToOnnx</c> does, by what a step writes into its graph.</summary>
[TestClass]
public sealed class ConvertToOnnxTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void APipelineIsConvertedAsAWhole()
    {
        IDataView all = Samples.Keyed(_ml, 30);
        IDataView rows = _ml.Transforms.SelectColumns("Features", "Key").Fit(all).Transform(all);
        // A step whose operator is one of ONNX's own set: the stand-in knows no other.
        ITransformer model = Own(_ml.Transforms.CopyColumns("Joined", "Features")
            .Append(_ml.Fuse().Train(Network.Of<TinyClassifier>(2, 3), new("Joined") { Standardize = true }, "Key", options: new() { MaxEpochs = 2, BatchSize = 8 })).Fit(rows));
        ConvertedGraph converted = StandInConverter.Convert(model, rows);
        Assert.AreEqual(12, converted.OperatorSet);
        using OnnxGraph graph = Graph(converted, new("Score", OnnxType.Float, [3]), new("PredictedLabel", OnnxType.UInt32, [1]));
        using var stream = new MemoryStream();
        OnnxWriter.Write(graph, stream);
        using var session = new InferenceSession(stream.ToArray());
        IDataView scored = model.Transform(rows);
        foreach ((string name, float[][] values) in OnnxRun.Score(session, rows, 30))
            Learning.AreEqual(OnnxRun.Column(scored, converted.Columns.First(column => column.Value == name).Key), values, 1e-5f);
    }

    [TestMethod]
    public void ALossStageIsRefused()
    {
        IDataView rows = Samples.Keyed(_ml, 12);
        ITransformer model = Own(Learning.Classifier(_ml).Append(_ml.Fuse().Losses.CrossEntropy()).Fit(rows));
        Assert.Contains("loss", Assert.ThrowsExactly<NotSupportedException>(() => StandInConverter.Convert(model, rows)).Message);
    }

    private static OnnxGraph Graph(ConvertedGraph converted, params OnnxValue[] outputs) => new(
        [.. converted.Inputs.Select(input => new OnnxValue(input.Name, input.Type == typeof(float) ? OnnxType.Float : OnnxType.UInt32, [input.Size]))],
        [.. outputs.Select(output => output with { Name = converted.Columns[output.Name] })],
        [.. converted.Nodes.Select(node => new OnnxOperation(node.Operator, node.Inputs, node.Outputs.Single(), node.Attributes))],
        converted.Constants.ToDictionary(constant => constant.Key, constant => constant.Value.Values switch
        {
            float[] values => tensor(values, constant.Value.Shape),
            long[] values => tensor(values, constant.Value.Shape),
            _ => throw new NotSupportedException(constant.Key),
        }));
}
