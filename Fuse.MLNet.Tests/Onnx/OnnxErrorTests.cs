using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests that what has no ONNX form is refused, and says what it is and where.</summary>
[TestClass]
public sealed class OnnxErrorTests : LeakCheckedTest
{
    private static readonly float[] Weights = [0.1f, 0.2f, 0.7f];
    private static readonly Dictionary<string, (Func<Refused> Build, string[] Message)> Cases = new(StringComparer.Ordinal)
    {
        ["operation"] = (() => new(x => x.erfinv()), ["aten::erfinv", "Refused", "has no ONNX form", "torch.onnx.export"]),
        ["part"] = (() => new(x => x, nn.Sequential(("first", nn.Linear(3, 3)), ("norm", nn.BatchNorm1d(3, track_running_stats: false)))),
            ["aten::batch_norm", "'layer.norm' (BatchNorm1d) of Refused", "statistics of the batch"]),
        ["constant"] = (() => new(x => x * tensor(Weights)), ["aten::mul", "register it as a buffer"]),
        ["random"] = (() => new(x => x + randn_like(x)), ["aten::randn_like", "has no ONNX form"]),
        ["memory"] = (() => new(x =>
        {
            Tensor whole = x * 2;
            whole[.., 0..1].add_(1);
            return whole;
        }), ["shares its memory"]),
        ["rows"] = (() => new(x => x.shape[0] == 2 ? x + 1 : x * 2), ["differ between a batch of two rows and one of three"]),
        ["number of rows"] = (() => new(x => x / x.shape[0]), ["depends on the number of rows"]),
        ["other rows"] = (() => new(x => x.shape[0] < 4 ? x + 1 : x + 2), ["'Score'", "is not what the network gives"]),
        ["decimals"] = (() => new(x => x * 1000 * 0.00012345678), ["more than six decimals", "buffer"]),
        ["pooling"] = (() => new(x => nn.functional.adaptive_avg_pool1d(x.unsqueeze(1), 2).flatten(1)), ["pools [3] to [2]"]),
    };

    private readonly MLContext _ml = new(seed: 1);

    public static IEnumerable<object[]> Names => Cases.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void TheMessageSaysWhatAndWhere(string name)
    {
        (Func<Refused> build, string[] expected) = Cases[name];
        FuseTransformer model = Own(Untrained.Model(Network.Of(build), [[3]], [name == "pooling" ? 2 : 3]));
        NotSupportedException error = Assert.ThrowsExactly<NotSupportedException>(() => OnnxRun.Export(_ml, model, Untrained.Rows(_ml, 10, [[3]], [0])));
        foreach (string part in expected)
            Assert.Contains(part, error.Message);
    }

    [TestMethod]
    public void WhatNoOutputNeedsDoesNotMatter()
    {
        FuseTransformer model = Own(Untrained.Model(Network.Of(() => new Refused(x =>
        {
            using Tensor unused = x.erfinv();
            return x + 1;
        })), [[3]], [3]));
        IDataView rows = Untrained.Rows(_ml, 4, [[3]], [0]);
        OnnxRun.IsEqual(_ml, OnnxRun.Export(_ml, model, rows), model, rows, [4]);
    }

    [TestMethod]
    [DataRow(1 / 255.0)]
    [DataRow(0.35355339059327373)]
    [DataRow(-0.1307)]
    [DataRow(1e-6)]
    [DataRow(123.456789)]
    public void NumbersAreFoundBehindTheirSixDecimals(double number) =>
        Assert.AreEqual(number, TraceNumber.Exact(double.Parse(number.ToString("F6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture)), 1e-15);

    [TestMethod]
    public void AModelWithoutANetworkIsRefused()
    {
        IDataView rows = Samples.Keyed(_ml, 3);
        ITransformer model = _ml.Transforms.CopyColumns("Copy", "Features").Fit(rows);
        Assert.Contains("has no network", Assert.ThrowsExactly<ArgumentException>(() => OnnxRun.Export(_ml, model, rows)).Message);
    }
}
