using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed partial class ProgressBarTests : LeakCheckedTest
{
    private readonly StringBuilder _output = new();
    private readonly SteppingClock _clock = new();

    [TestMethod]
    public void ElsewhereThanOnATerminalItIsOneLineAnEpoch()
    {
        Run(isLive: null, TimeSpan.Zero);
        string[] lines = _output.ToString().Split(Environment.NewLine);
        Assert.HasCount(3, lines);
        // Two training batches of one second each.
        Assert.MatchesRegex(@"^epoch 1/2: train\.losses\.total_loss \d\.\d{4}, validation\.losses\.total_loss \d\.\d{4}, 2\.0 s$", lines[0]);
        Assert.StartsWith("epoch 2/2: ", lines[1]);
        Assert.AreEqual("", lines[2]);
    }

    [TestMethod]
    public void OnATerminalOneLineIsWrittenOverAndOver()
    {
        Run(isLive: true, TimeSpan.Zero);
        string[] shown = [.. _output.ToString().Split('\r', '\n').Select(text => Losses().Replace(text.Trim(), "$1 #")).Where(text => text.Length > 0)];
        CollectionAssert.AreEqual(new[]
        {
            // 16 and 20 of 20 rows; one second a batch, and of two epochs the part done so far.
            "epoch 1/2 [################....]  80% batch 1, loss #, 1.0 batches/s, 0:01 left",
            "epoch 1/2 [####################] 100% batch 2, loss #, 1.0 batches/s, 0:02 left",
            "epoch 1/2 validation batch 1",
            "epoch 1/2 validation batch 2",
            "epoch 1/2: train.losses.total_loss #, validation.losses.total_loss #, 2.0 s",
            "epoch 2/2 [################....]  80% batch 1, loss #, 1.0 batches/s, 0:00 left",
            "epoch 2/2 [####################] 100% batch 2, loss #, 1.0 batches/s, 0:00 left",
            "epoch 2/2 validation batch 1",
            "epoch 2/2 validation batch 2",
            "epoch 2/2: train.losses.total_loss #, validation.losses.total_loss #, 2.0 s",
        }, shown);
    }

    [TestMethod]
    public void AShorterLineLeavesNothingOfTheOneBefore()
    {
        Run(isLive: true, TimeSpan.Zero);
        string live = _output.ToString().Split('\n')[0];
        string[] parts = live.Split('\r');
        // Each writing covers the one before; the last clears all of it.
        for (int i = 2; i < parts.Length - 1; i++)
            Assert.IsGreaterThanOrEqualTo(parts[i - 1].TrimEnd().Length, parts[i].Length);
    }

    [TestMethod]
    public void TheLiveLineIsWrittenAtMostOnceAnInterval()
    {
        Run(isLive: true, TimeSpan.FromSeconds(1.5));
        // At 1 s and at 3 s of the 4 s; validation takes no time here.
        Assert.HasCount(2, _output.ToString().Split('\r').Where(text => text.Contains("batch ", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void AnExceptionClearsTheLine()
    {
        Assert.ThrowsExactly<NotSupportedException>(() => Run(isLive: true, TimeSpan.Zero, new HookRecorder
        {
            Called = call =>
            {
                if (call == "validation start")
                    throw new NotSupportedException();
            },
        }));
        Assert.EndsWith("\r", _output.ToString());
        Assert.AreEqual("", _output.ToString().TrimEnd('\r').Split('\r')[^1].Trim());
    }

    [TestMethod]
    [DataRow(7, "0:07")]
    [DataRow(754, "12:34")]
    [DataRow(3723, "1:02:03")]
    [DataRow(360000, "100:00:00")]
    public void TimesAreShort(int seconds, string expected) => Assert.AreEqual(expected, ProgressText.Text(TimeSpan.FromSeconds(seconds)));

    [TestMethod]
    public void NegativeIntervalIsRefused() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ProgressBar { Interval = TimeSpan.FromSeconds(-1) });

    private void Run(bool? isLive, TimeSpan interval, Callback? other = null)
    {
        using var output = new StringWriter(_output);
        var ml = new MLContext(seed: 1);
        IDataView rows = Samples.Keyed(ml, 20);
        var options = new FuseTrainer.TrainingOptions { MaxEpochs = 2, BatchSize = 16 };
        options.Callbacks.Add(new HookRecorder { Called = call => _clock.Advance(TimeSpan.FromSeconds(call == "step" ? 1 : 0)) });
        options.Callbacks.Add(new ProgressBar { Output = output, IsLive = isLive, Interval = interval, Clock = _clock });
        if (other is not null)
            options.Callbacks.Add(other);
        Own(Learning.Classifier(ml, options).Fit(rows, rows));
    }

    [GeneratedRegex(@"(loss|total_loss) \d+\.\d{4}")]
    private static partial Regex Losses();
}
