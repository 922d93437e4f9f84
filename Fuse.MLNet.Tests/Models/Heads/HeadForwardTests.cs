namespace Fuse.MLNet.Tests;

/// <summary>Compares what heads compute with loops over doubles, weights and inputs by formula.</summary>
[TestClass]
public sealed class HeadForwardTests : LeakCheckedTest
{
    [TestMethod]
    [DataRow(GlobalPooling.Max, false, false)]
    [DataRow(GlobalPooling.Max, true, false)]
    [DataRow(GlobalPooling.Average, true, true)]
    [DataRow(GlobalPooling.Average, false, true)]
    public void GlobalPoolingClassifierPoolsJoinsAndClassifies(GlobalPooling pooling, bool hasHidden, bool hasTable)
    {
        using var scope = NewDisposeScope();
        var head = new HeadGlobalPoolingClassifier
        {
            HeadName = "h",
            NumClasses = 3,
            Inputs = ["model.a", "model.b"],
            InChannels = 3,
            Pooling = pooling,
            Layers = hasHidden ? [4] : [],
            TabularInputs = hasTable ? ["data.age", "data.blood"] : [],
            TabularChannels = hasTable ? 3 : 0,
            TabularLayers = hasTable && hasHidden ? [2] : [],
        };
        BatchDict batch = Batch();
        nn.Module module = Run(head, batch);
        for (int row = 0; row < 2; row++)
        {
            var features = new List<double>();
            foreach ((string key, int channels) in new[] { ("model.a", 1), ("model.b", 2) })
                for (int channel = 0; channel < channels; channel++)
                {
                    double[] places = [.. from y in Enumerable.Range(0, 2) from x in Enumerable.Range(0, 3) select batch[key].At(row, channel, y, x)];
                    features.Add(pooling == GlobalPooling.Max ? places.Max() : places.Average());
                }
            if (hasTable)
            {
                double[] table = [batch["data.age"].At(row), batch["data.blood"].At(row, 0), batch["data.blood"].At(row, 1)];
                // The last layer of the table has its ReLU too.
                features.AddRange(hasHidden ? Formula.Layers(module, table, "tabular.0").Select(value => Math.Max(value, 0)) : table);
            }
            double[] logits = Formula.Layers(module, [.. features], hasHidden ? ["classifier.0", "classifier.3"] : ["classifier.0"]);
            Formula.AreEqual(logits, Row(batch["model.logits.h"], row, 3), $"logits of row {row}");
            Formula.AreEqual(Formula.Softmax(logits), Row(batch["model.output.h"], row, 3), $"output of row {row}");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void DenseSegmentationClassifiesEveryPlace(bool hasTable)
    {
        using var scope = NewDisposeScope();
        var head = new HeadDenseSegmentation
        {
            HeadName = "h",
            NumClasses = 3,
            Inputs = ["model.map"],
            InChannels = 2,
            Layers = [4],
            DropoutRate = 0,
            MaxPoolKernel = [2],
            TabularInputs = hasTable ? ["data.blood"] : [],
            TabularChannels = hasTable ? 2 : 0,
        };
        BatchDict batch = Batch();
        nn.Module module = Run(head, batch);
        CollectionAssert.AreEqual(new long[] { 2, 3, 2, 1 }, batch["model.output.h"].shape);
        for (int row = 0; row < 2; row++)
            for (int y = 0; y < 2; y++)
            {
                double[] place =
                [
                    .. from channel in Enumerable.Range(0, 2)
                       select (from dy in Enumerable.Range(0, 2) from dx in Enumerable.Range(0, 2) select batch["model.map"].At(row, channel, (2 * y) + dy, dx)).Max(),
                    .. hasTable ? [batch["data.blood"].At(row, 0), batch["data.blood"].At(row, 1)] : Array.Empty<double>(),
                ];
                double[] logits = Formula.Layers(module, place, "classifier.0", "classifier.2");
                Formula.AreEqual(logits, [.. Enumerable.Range(0, 3).Select(k => batch["model.logits.h"].At(row, k, y, 0))], "logits");
                Formula.AreEqual(Formula.Softmax(logits), [.. Enumerable.Range(0, 3).Select(k => batch["model.output.h"].At(row, k, y, 0))], "output");
            }
    }

    [TestMethod]
    public void DenseSegmentationOfAVolumeIsThatOfItsPlanes()
    {
        using var scope = NewDisposeScope();
        var head = new HeadDenseSegmentation { HeadName = "h", Inputs = ["model.x"], InChannels = 2, Layers = [4] };
        var volume = new BatchDict { RowCount = 2 };
        volume["model.x"] = Formula.Values(3, 2, 2, 3, 4, 5);
        Run(head, volume);
        for (int plane = 0; plane < 3; plane++)
        {
            var map = new BatchDict { RowCount = 2 };
            map["model.x"] = volume["model.x"].select(2, plane);
            Run(head, map);
            Assert.IsTrue(map["model.logits.h"].allclose(volume["model.logits.h"].select(2, plane), atol: 1e-6));
        }
    }

    [TestMethod]
    [DataRow(HeadMode.Classification, 3)]
    [DataRow(HeadMode.MultiLabel, 3)]
    [DataRow(HeadMode.MultiLabel, 1)]
    [DataRow(HeadMode.Regression, 3)]
    [DataRow(HeadMode.Regression, 1)]
    public void Head1DMakesWhatItsModeSays(HeadMode mode, int outputs)
    {
        using var scope = NewDisposeScope();
        var head = new Head1D { HeadName = "h", Mode = mode, NumOutputs = outputs, Inputs = ["data.blood"], InChannels = 2, Layers = [3, 4], TabularInputs = ["data.age"], TabularChannels = 1 };
        BatchDict batch = Batch();
        nn.Module module = Run(head, batch);
        Assert.AreEqual(mode != HeadMode.Regression, batch.ContainsKey("model.logits.h"));
        CollectionAssert.AreEqual(mode == HeadMode.Regression && outputs == 1 ? [2L] : new long[] { 2, outputs }, batch["model.output.h"].shape);
        for (int row = 0; row < 2; row++)
        {
            double[] values = Formula.Layers(module, [batch["data.blood"].At(row, 0), batch["data.blood"].At(row, 1), batch["data.age"].At(row)], "classifier.0", "classifier.3", "classifier.6");
            double[] expected = mode switch
            {
                HeadMode.Classification => Formula.Softmax(values),
                HeadMode.MultiLabel => [.. values.Select(Formula.Logistic)],
                _ => values,
            };
            Formula.AreEqual(expected, Row(batch["model.output.h"].reshape(2, outputs), row, outputs), $"row {row}");
            if (mode != HeadMode.Regression)
                Formula.AreEqual(values, Row(batch["model.logits.h"], row, outputs), $"logits of row {row}");
        }
    }

    [TestMethod]
    [DataRow(1, HeadMode.Regression)]
    [DataRow(3, HeadMode.Classification)]
    public void Head3DPoolsVolumes(int outputs, HeadMode mode)
    {
        using var scope = NewDisposeScope();
        var head = new Head3D { HeadName = "h", Mode = mode, NumOutputs = outputs, Inputs = ["model.volume"], InChannels = 2, Layers = [4], TabularInputs = ["data.age"], TabularChannels = 1 };
        BatchDict batch = Batch();
        nn.Module module = Run(head, batch);
        for (int row = 0; row < 2; row++)
        {
            double Largest(int channel) =>
                (from z in Enumerable.Range(0, 2) from y in Enumerable.Range(0, 2) from x in Enumerable.Range(0, 2) select batch["model.volume"].At(row, channel, z, y, x)).Max();
            double[] values = Formula.Layers(module, [Largest(0), Largest(1), batch["data.age"].At(row)], "classifier.0", "classifier.2");
            Formula.AreEqual(outputs == 1 ? values : Formula.Softmax(values), Row(batch["model.output.h"].reshape(2, outputs), row, outputs), $"row {row}");
        }
    }

    [TestMethod]
    public void Head3DMayReadATableAlone()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        nn.Module module = Run(new Head3D { HeadName = "h", Inputs = [], TabularInputs = ["data.blood"], TabularChannels = 2, Layers = [] }, batch);
        Formula.AreEqual(Formula.Layers(module, [batch["data.blood"].At(1, 0), batch["data.blood"].At(1, 1)], "classifier.0"), Row(batch["model.logits.h"], 1, 3), "logits");
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    public void OrdinalProbabilitiesAreDifferencesOfLogisticFunctions(int classes)
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        nn.Module module = Run(new Head1D { HeadName = "h", Mode = HeadMode.Ordinal, NumOutputs = classes, Inputs = ["data.blood"], InChannels = 2, Layers = [] }, batch);
        float[] raw = [.. module.state_dict()["ordinal.thresholds"].data<float>()];
        var thresholds = new List<double>();
        foreach (float value in raw)
            thresholds.Add(thresholds.Count == 0 ? value : thresholds[^1] + Math.Log(1 + Math.Exp(value)));
        Assert.HasCount(classes - 1, thresholds);
        for (int row = 0; row < 2; row++)
        {
            double score = Formula.Layers(module, [batch["data.blood"].At(row, 0), batch["data.blood"].At(row, 1)], "classifier.0")[0];
            double[] below = [0, .. thresholds.Select(threshold => Formula.Logistic(threshold - score)), 1];
            double[] expected = [.. Enumerable.Range(0, classes).Select(k => below[k + 1] - below[k])];
            Formula.AreEqual(expected, Row(batch["model.output.h"], row, classes), "output");
            Formula.AreEqual([.. expected.Select(value => Math.Log(value))], Row(batch["model.logits.h"], row, classes), "logits");
        }
    }

    [TestMethod]
    public void OrdinalLogitsStayFiniteFarFromTheThresholds()
    {
        using var scope = NewDisposeScope();
        using var thresholds = new OrdinalThresholds(4);
        Tensor score = tensor(new[] { -200f, -30f, 0f, 30f, 200f }).reshape(5, 1).requires_grad_();
        Tensor logits = thresholds.call(score);
        Assert.IsTrue(logits.isfinite().all().IsTrue(), logits.str());
        logits.sum().backward();
        Assert.IsTrue(score.grad!.isfinite().all().IsTrue());
        Assert.IsTrue(logits.exp().sum(1).allclose(ones(5), atol: 1e-5));
        // The start: thresholds one apart, in the middle.
        Assert.IsTrue(logits.exp()[2, 1].allclose(logits.exp()[2, 2], atol: 1e-6));
        Assert.AreEqual(1 / (1 + Math.Exp(1)), logits.exp().At(2, 0), 1e-6);
    }

    [TestMethod]
    public void HeadNetworkRunsTheUsersNetworkOnTheJoinedInputs()
    {
        using var scope = NewDisposeScope();
        BatchDict batch = Batch();
        nn.Module module = Run(new HeadNetwork { HeadName = "h", Network = Network.Of<TinyClassifier>(3, 1), Inputs = ["data.age", "data.blood"], Mode = HeadMode.Regression }, batch);
        CollectionAssert.AreEqual(new long[] { 2 }, batch["model.output.h"].shape);
        for (int row = 0; row < 2; row++)
            Formula.AreEqual(Formula.Layers(module, [batch["data.age"].At(row), batch["data.blood"].At(row, 0), batch["data.blood"].At(row, 1)], "network._linear"), [batch["model.output.h"].At(row)], "output");
    }

    [TestMethod]
    public void SharedLayersAreOneSetOfWeights()
    {
        using var scope = NewDisposeScope();
        var shared = new SharedClassifiers();
        Head first = new Head1D { HeadName = "a", Inputs = ["data.blood"], InChannels = 2, SharedClassifier = "s" };
        Head second = new HeadGlobalPoolingClassifier { HeadName = "b", Inputs = ["model.b"], InChannels = 2, SharedClassifier = "s" };
        using nn.Module a = first.Build(shared), b = second.Build(shared);
        Assert.IsFalse(a.parameters().Concat(b.parameters()).Any());
        KeyValuePair<string, nn.Module<Tensor, Tensor>> layers = shared.Modules.Single();
        using nn.Module module = layers.Value;
        Assert.AreEqual("s", layers.Key);
        Assert.HasCount(4, module.parameters().ToArray());
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new Head1D { HeadName = "c", InChannels = 2, Layers = [7], SharedClassifier = "s" }.Build(shared));
        Assert.Contains("'a' and 'c' share the classifier 's'", error.Message);
        Assert.Contains("2 -> [7] -> 2", error.Message);
    }

    private static BatchDict Batch()
    {
        var batch = new BatchDict { RowCount = 2 };
        batch["data.age"] = Formula.Values(1, 2);
        batch["data.blood"] = Formula.Values(2, 2, 2);
        batch["model.a"] = Formula.Values(3, 2, 1, 2, 3);
        batch["model.b"] = Formula.Values(4, 2, 2, 2, 3);
        batch["model.map"] = Formula.Values(5, 2, 2, 4, 2);
        batch["model.volume"] = Formula.Values(6, 2, 2, 2, 2, 2);
        return batch;
    }

    private nn.Module<BatchDict, BatchDict> Run(Head head, BatchDict batch)
    {
        nn.Module<BatchDict, BatchDict> module = Own(head.Build(new SharedClassifiers()));
        Formula.Fill(module);
        module.eval();
        module.call(batch);
        return module;
    }

    private static double[] Row(Tensor values, int row, int count) => [.. Enumerable.Range(0, count).Select(i => values.At(row, i))];
}
