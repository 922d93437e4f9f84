using System.Reflection;
using System.Xml.Linq;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Tests what holds for every public callback of the library.</summary>
[TestClass]
public sealed class AllCallbacksTests : LeakCheckedTest
{
    private static readonly Type[] Public = [.. typeof(Callback).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Callback)) && !type.IsAbstract)];

    /// <summary>Makes each callback with its defaults, and with what it does only when asked.</summary>
    private static readonly Dictionary<Type, Func<string, Callback[]>> Made = new()
    {
        [typeof(CsvLogger)] = folder => [new CsvLogger { Path = Path.Combine(folder, "a.csv") }, new CsvLogger { Path = Path.Combine(folder, "b.csv"), EverySteps = 2 }],
        [typeof(EarlyStopping)] = _ => [new EarlyStopping(new("train.losses.total_loss"), patience: 100)],
        [typeof(ExponentialMovingAverage)] = _ => [new ExponentialMovingAverage(), new ExponentialMovingAverage(0.9) { WarmsUp = true, AveragesBuffers = true }],
        [typeof(GradientStatistics)] = _ => [new GradientStatistics(), new GradientStatistics { PerPart = true, UpdateRatio = true }],
        [typeof(LearningRateMonitor)] = _ => [new LearningRateMonitor()],
        [typeof(ModelCheckpoint)] = folder => [new ModelCheckpoint { Directory = folder, EveryEpochs = 1, EverySteps = 1 }],
        [typeof(ModelEpochSummary)] = folder => [new ModelEpochSummary { Directory = folder, WritesToLog = true }],
        [typeof(NaNGuard)] = _ => [new NaNGuard()],
        [typeof(ProgressBar)] = _ => [new ProgressBar { Output = TextWriter.Null }, new ProgressBar { Output = TextWriter.Null, IsLive = true, Interval = TimeSpan.Zero }],
        [typeof(SanityCheck)] = _ => [new SanityCheck()],
        [typeof(TensorBoardLogger)] = folder => [new TensorBoardLogger { Directory = folder }],
        [typeof(TrainingReport)] = folder => [new TrainingReport { Path = Path.Combine(folder, "report.html") }],
        [typeof(TimeLimit)] = _ => [new TimeLimit(TimeSpan.FromDays(1))],
    };

    public static IEnumerable<object[]> Names => Public.Select(type => new object[] { type.Name });

    [TestMethod]
    public void EveryPublicCallbackIsHere() => CollectionAssert.AreEquivalent(Made.Keys, Public);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ItsTypeAndMembersAreDocumented(string name)
    {
        HashSet<string> documented = [.. XDocument.Load(Path.ChangeExtension(typeof(Callback).Assembly.Location, ".xml")).Descendants("member")
            .Where(member => member.Element("summary") is { Value.Length: > 0 } || member.Element("inheritdoc") is not null).Select(member => member.Attribute("name")!.Value.Split('(')[0])];
        Type type = Public.Single(type => type.Name == name);
        string[] members =
        [
            $"T:{type.FullName}",
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => $"P:{type.FullName}.{property.Name}"),
            .. type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => !method.IsSpecialName).Select(method => $"M:{type.FullName}.{method.Name}"),
        ];
        Assert.AreEqual("", string.Join(' ', members.Except(documented)));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ItLeavesTrainingAsItIs(string name)
    {
        FuseTransformer without = Own(Fit());
        foreach (Callback callback in Made[Public.Single(type => type.Name == name)](Folder))
        {
            FuseTransformer with = Own(Fit(callback));
            Assert.AreEqual(StopReason.Completed, with.StopReason);
            foreach (string loss in new[] { "train.losses.total_loss" }.Concat(callback is ExponentialMovingAverage ? [] : ["validation.losses.total_loss"]))
                CollectionAssert.AreEqual(without.History[loss].ToArray(), with.History[loss].ToArray());
            // The moving average is there to change them.
            if (callback is not ExponentialMovingAverage)
                CollectionAssert.AreEqual(Learning.Weights(without.Network), Learning.Weights(with.Network));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ItEndsWithAnException(string name)
    {
        foreach (Callback callback in Made[Public.Single(type => type.Name == name)](Folder))
            Assert.ThrowsExactly<NotSupportedException>(() => Fit(callback, new HookRecorder
            {
                Called = call =>
                {
                    if (call == "epoch end 2")
                        throw new NotSupportedException();
                },
            }));
    }

    [TestMethod]
    public void AllOfThemGoTogether()
    {
        FuseTransformer model = Own(Fit([.. Made.Select(pair => pair.Value(Path.Combine(Folder, pair.Key.Name))[^1])]));
        Assert.HasCount(3, model.History.Epochs);
    }

    private static FuseTransformer Fit(params Callback[] callbacks)
    {
        var ml = new MLContext(seed: 3);
        var options = new FuseTrainer.TrainingOptions { MaxEpochs = 3, BatchSize = 16, ValidationFraction = 0.25 };
        foreach (Callback callback in callbacks)
            options.Callbacks.Add(callback);
        return Learning.Classifier(ml, options, Network.Of<NormalizedClassifier>()).Fit(Samples.Keyed(ml, 60));
    }
}
