using System.Reflection;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Trains with metrics, dropout and checkpoints in several threads that are joined as processes are.</summary>
public abstract class RankRunTest : LeakCheckedTest
{
    private protected const int BatchRows = 8;
    private static readonly MethodInfo CancelExecution = typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>Trains.</summary>
    /// <param name="size">The number of processes.</param>
    /// <param name="change">Changes the options of a process.</param>
    /// <param name="called">Is told each hook of a process, and what cancels its context.</param>
    /// <param name="rows">Gets the rows of a process; null gives all the same.</param>
    private protected static RankOutcome[] Fit(int size, Action<FuseTrainer.Options, int>? change = null, Action<string, int, Action>? called = null, Func<int, RankRow[]>? rows = null)
    {
        var outcomes = new RankOutcome[size];
        OnOtherThreads([.. ThreadGroup.Of(size).Select(group => (Action)(() => outcomes[group.Rank] = Fit(group, change, called, rows)))]);
        return outcomes;
    }

    private static RankOutcome Fit(ThreadGroup group, Action<FuseTrainer.Options, int>? change, Action<string, int, Action>? called, Func<int, RankRow[]>? rows)
    {
        var ml = new MLContext(seed: 5);
        var log = new LogRecorder(ml);
        var recorder = new HookRecorder { Called = call => called?.Invoke(call, group.Rank, () => CancelExecution.Invoke(ml, null)) };
        FuseTrainer.Options options = Options();
        options.Strategy = TrainingStrategy.Of(group);
        change?.Invoke(options, group.Rank);
        options.Callbacks.Add(recorder);
        // Each Fit works on a copy of a callback, which shares the list of calls.
        try
        {
            using FuseTransformer model = ml.Fuse().Train(options).Fit(ml.Data.LoadFromEnumerable(rows?.Invoke(group.Rank) ?? RankCase.Data(243)));
            return new(RankResult.Of(model), model.History, null, recorder.Calls, log.Text);
        }
        catch (Exception error) when (error is InvalidOperationException or OperationCanceledException or IOException or InvalidDataException)
        {
            return new(null, null, error, recorder.Calls, log.Text);
        }
    }

    private static FuseTrainer.Options Options() => new()
    {
        Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<DropoutOfSix>(), Inputs = ["data.input"], Outputs = ["model.logits.cls"] },
        Losses = { ["loss"] = new LossCrossEntropy { Pred = "model.logits.cls" } },
        TrainMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label"), ["auc"] = new MetricAUCROC("model.logits.cls", "data.label") },
        ValidationMetrics = { ["accuracy"] = new MetricAccuracy("model.logits.cls", "data.label") },
        Outputs = { ["Score"] = new("model.logits.cls", labelColumnName: "Label") { Activation = Activation.Softmax } },
        MaxEpochs = 3,
        BatchSize = BatchRows,
        ValidationFraction = 0.3,
    };
}
