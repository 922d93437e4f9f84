using TorchSharp.Modules;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class OptimizerStateTests : LeakCheckedTest
{
    private static readonly Dictionary<string, OptimizerSpec> Specs =
        OptimizerCases.All.ToDictionary(entry => entry.Key, entry => entry.Value.Ours).Append(new("rprop", Optimizers.Rprop())).ToDictionary();

    public static IEnumerable<object[]> Cases() =>
        from name in Specs.Keys
        from implementation in Enum.GetValues<OptimizerImplementation>()
        where name != "rprop" || implementation == OptimizerImplementation.Auto
        select new object[] { name, implementation };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void AResumedOptimizerGoesOnWithTheSameBits(string name, OptimizerImplementation implementation)
    {
        OptimizerSpec spec = Specs[name] with { Implementation = implementation, Groups = [new("head.*") { LearningRateFactor = 0.5 }] };
        foreach (int interruption in new[] { 0, 1, 25 })
        {
            using var scope = NewDisposeScope();
            KeyValuePair<string, Parameter>[] whole = OptimizerSample.Parameters(), part = OptimizerSample.Parameters();
            using ParameterOptimizer straight = spec.Build(whole), first = spec.Build(part), second = spec.Build(part);
            // One parameter has its first gradient after the interruption.
            OptimizerSample.Walk(straight, whole, 0, interruption, "scale");
            OptimizerSample.Walk(straight, whole, interruption, 50);
            OptimizerSample.Walk(first, part, 0, interruption, "scale");
            using (NewDisposeScope())
                second.LoadState(ThroughAFile(first.SaveState()));
            OptimizerSample.Walk(second, part, interruption, 50);
            CollectionAssert.AreEqual(OptimizerSample.Values(whole), OptimizerSample.Values(part), $"interrupted at {interruption}");
        }
    }

    [TestMethod]
    [DataRow("adam", OptimizerImplementation.Auto)]
    [DataRow("adam", OptimizerImplementation.TorchSharp)]
    [DataRow("nadam", OptimizerImplementation.Auto)]
    public void LoadingKeepsTheNewNumbers(string name, OptimizerImplementation implementation)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        using ParameterOptimizer old = (Specs[name] with { Implementation = implementation }).Build(parameters);
        OptimizerSample.Walk(old, parameters, 0, 5);
        using ParameterOptimizer changed = ((name == "adam" ? Optimizers.Adam(0.5) : Optimizers.NAdam(0.5)) with { Implementation = implementation }).Build(parameters);
        changed.LoadState(old.SaveState());
        Assert.AreEqual(0.5, changed.LearningRate);
        double[] before = OptimizerSample.Values(parameters);
        OptimizerSample.Walk(changed, parameters, 5, 6);
        // The first steps of both go about as far as their rate is.
        Assert.IsGreaterThan(0.1, OptimizerSample.Values(parameters).Zip(before, (now, then) => Math.Abs(now - then)).Max());
    }

    [TestMethod]
    public void FusedStateIsNamedByParameters()
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        using ParameterOptimizer optimizer = Optimizers.Adam().Build(parameters);
        OptimizerSample.Walk(optimizer, parameters, 0, 3, "scale");
        IReadOnlyDictionary<string, Tensor> state = optimizer.SaveState();
        CollectionAssert.AreEquivalent(parameters.SelectMany(entry => new[] { $"step.{entry.Key}", $"exp_avg.{entry.Key}", $"exp_avg_sq.{entry.Key}" }).ToArray(), state.Keys.ToArray());
        Assert.AreEqual(3, state["step.head.bias"].Number());
        Assert.AreEqual(0, state["step.scale"].Number());
        CollectionAssert.AreEqual(new long[] { 5, 4 }, state["exp_avg.backbone.weight"].shape);
    }

    [TestMethod]
    [DataRow("adam", "sgd, momentum", "", "it has exp_avg, exp_avg_sq, step, and this optimizer needs momentum_buffer, step")]
    [DataRow("adam", "adam, amsgrad", "", "needs exp_avg, exp_avg_sq, max_exp_avg_sq, step")]
    [DataRow("adam, amsgrad", "adam", "", "it has exp_avg, exp_avg_sq, max_exp_avg_sq, step,")]
    [DataRow("sgd", "adam", "", "it has nothing,")]
    [DataRow("adam", "sgd", "", "needs nothing")]
    [DataRow("adam", "adam, amsgrad", "saved, loaded", "it has torchsharp_Adam, and this optimizer needs torchsharp_Adam_amsgrad")]
    [DataRow("adam", "adamw", "saved, loaded", "needs torchsharp_AdamW")]
    [DataRow("adam", "adam", "saved", "it has torchsharp_Adam, and this optimizer needs exp_avg, exp_avg_sq, step")]
    [DataRow("adam", "adam", "loaded", "it has exp_avg, exp_avg_sq, step, and this optimizer needs torchsharp_Adam")]
    public void AStateOfAnotherOptimizerIsNamed(string saved, string loaded, string byTorchSharp, string expected)
    {
        using var scope = NewDisposeScope();
        KeyValuePair<string, Parameter>[] parameters = OptimizerSample.Parameters();
        OptimizerImplementation Of(string part) => byTorchSharp.Contains(part, StringComparison.Ordinal) ? OptimizerImplementation.TorchSharp : OptimizerImplementation.Auto;
        using ParameterOptimizer old = (Specs[saved] with { Implementation = Of("saved") }).Build(parameters);
        using ParameterOptimizer optimizer = (Specs[loaded] with { Implementation = Of("loaded") }).Build(parameters);
        string message = Assert.ThrowsExactly<InvalidDataException>(() => optimizer.LoadState(old.SaveState())).Message;
        Assert.Contains("state in the checkpoint does not fit this run", message);
        Assert.Contains(expected, message);
    }

    [TestMethod]
    [DataRow(OptimizerImplementation.Auto)]
    [DataRow(OptimizerImplementation.TorchSharp)]
    public void AStateOfOtherParametersIsNamed(OptimizerImplementation implementation)
    {
        using var scope = NewDisposeScope();
        OptimizerSpec spec = Optimizers.Adam() with { Implementation = implementation };
        using ParameterOptimizer old = spec.Build([new("w", new Parameter(zeros(3)))]);
        using ParameterOptimizer other = spec.Build([new("w", new Parameter(zeros(4)))]);
        using ParameterOptimizer more = spec.Build([new("w", new Parameter(zeros(3))), new("b", new Parameter(zeros(3)))]);
        Assert.Contains("does not fit this run", Assert.ThrowsExactly<InvalidDataException>(() => other.LoadState(old.SaveState())).Message);
        Assert.Contains("does not fit this run", Assert.ThrowsExactly<InvalidDataException>(() => more.LoadState(old.SaveState())).Message);
    }

    private static Dictionary<string, Tensor> ThroughAFile(IReadOnlyDictionary<string, Tensor> state)
    {
        using var file = new MemoryStream();
        SafetensorsWriter.Write(file, state);
        file.Position = 0;
        var reader = new SafetensorsReader(file, "state");
        var read = reader.Entries.ToDictionary(entry => entry.Key, entry => empty(entry.Value.Shape, entry.Value.DType));
        reader.CopyTo(read);
        return read;
    }
}
