using Microsoft.ML;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SanityCheckTests : LeakCheckedTest
{
    private static readonly string[] All = ["finite_inputs", "varying_inputs", "input_scale", "label_range", "gradients", "dead_output", "start_loss"];
    private readonly MLContext _ml = new(seed: 1);
    private readonly LogRecorder _log;

    public SanityCheckTests() => _log = new(_ml);

    [TestMethod]
    [DataRow(1.0, "")]
    [DataRow(400.0, "input_scale", DisplayName = "a large scale")]
    [DataRow(0.0, "varying_inputs", DisplayName = "all values alike")]
    [DataRow(double.NaN, "finite_inputs", DisplayName = "not a number")]
    [DataRow(double.PositiveInfinity, "finite_inputs", DisplayName = "infinite")]
    public void InputsAreChecked(double factor, string expected)
    {
        Sample[] rows = Samples.Blobs(24);
        foreach (Sample row in rows)
            row.Features = [.. row.Features.Select(value => double.IsFinite(factor) ? (float)(value * factor) : value)];
        if (!double.IsFinite(factor))
            rows[5].Features[1] = (float)factor;
        FuseTrainer trainer = Learning.Classifier(_ml, new() { MaxEpochs = 1, BatchSize = 32, OnDivergence = DivergencePolicy.Throw, NonFiniteFeatures = NonFiniteFeatures.Keep });
        if (double.IsFinite(factor))
            Own(trainer.Fit(Samples.Keyed(_ml, rows)));
        else
            Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(Samples.Keyed(_ml, rows)));
        // Logits of such inputs are large too.
        Check([.. expected.Length == 0 ? Array.Empty<string>() : [expected], .. factor == 400 ? ["start_loss"] : Array.Empty<string>()]);
        if (!double.IsFinite(factor))
            Assert.Contains("'data.input' holds 1 values that are NaN or infinite", _log.Text);
    }

    [TestMethod]
    public void StandardizedInputsAreFine()
    {
        Sample[] rows = Samples.Blobs(24);
        foreach (Sample row in rows)
            row.Features = [(row.Features[0] * 1000) + 5000, row.Features[1]];
        Own(_ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features") { Standardize = true }, "Label", Loss.CrossEntropy(), new() { MaxEpochs = 1 }).Fit(Samples.Keyed(_ml, rows)));
        Check();
    }

    [TestMethod]
    public void ParametersWithoutAGradientAreNamed()
    {
        Fit(Network.Of<Flawed>("unused"));
        Check("gradients");
        Assert.Contains("2 parameters got no gradient from the first batch: 'unused.weight', 'unused.bias'", _log.Text);
    }

    [TestMethod]
    public void FrozenParametersNeedNoGradient()
    {
        Fit(Network.Of<Flawed>("unused"), new() { Freeze = { "unused.*" } });
        Check();
    }

    [TestMethod]
    public void ALossThatWaitsReachesItsParametersLater()
    {
        FuseTrainer.Options options = TwoHeads();
        options.Losses["second"] = new LossWarmUp(new LossCrossEntropy { Pred = "model.b" }, 5);
        Own(_ml.Fuse().Train(options).Fit(Samples.Keyed(_ml, 24)));
        Check();
    }

    [TestMethod]
    public void AHeadWithoutALossIsNamed()
    {
        Own(_ml.Fuse().Train(TwoHeads()).Fit(Samples.Keyed(_ml, 24)));
        Check("gradients");
        Assert.Contains("'b.weight', 'b.bias'", _log.Text);
    }

    [TestMethod]
    [DataRow("dead", "dead_output")]
    [DataRow("zero", "", DisplayName = "a last layer that starts at zero")]
    [DataRow("large", "start_loss")]
    public void OutputsAndLossesAreChecked(string flaw, string expected)
    {
        Fit(Network.Of<Flawed>(flaw));
        Check(expected.Length == 0 ? [] : [expected]);
    }

    [TestMethod]
    [DataRow(3u, 3, true)]
    [DataRow(3u, 4, false)]
    public void ClassIndicesThatALossDoesNotRefuseAreNamed(uint label, int classes, bool isWrong)
    {
        // A function that clamps hides what the other losses refuse.
        Sample[] rows = Samples.Blobs(24);
        rows[7].Number = label;
        foreach (Sample row in rows.Where(row => row.Number != label))
            row.Number = row.Key;
        Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { [BatchKeys.Input] = new("Features"), [BatchKeys.Label] = new("Number") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(2, classes), Inputs = [BatchKeys.Input], Outputs = [BatchKeys.Logits] },
            Losses = { ["clamped"] = new LossDefault((p, t) => nn.functional.cross_entropy(p, t.to(ScalarType.Int64).clamp(0, classes - 1)), BatchKeys.Logits, BatchKeys.Label) },
            Outputs = { ["Score"] = new(BatchKeys.Logits) { Kind = OutputKind.Vector } },
        }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Check(isWrong ? ["label_range"] : []);
        if (isWrong)
            Assert.Contains("'data.label' holds the class index 3 in the first batch, where 'model.logits.head_0' has 3 classes, 0 to 2", _log.Text);
    }

    [TestMethod]
    public void OnlyTheFirstBatchIsLookedAt()
    {
        Fit(Network.Of<Flawed>("unused"), new() { MaxEpochs = 3, BatchSize = 8, ModelDirectory = Folder });
        Fit(Network.Of<Flawed>("unused"), new() { MaxEpochs = 4, BatchSize = 8, ModelDirectory = Folder, ResumeFrom = "last" });
        Check("gradients");
    }

    [TestMethod]
    public void ChecksCanBeLeftOut()
    {
        Fit(Network.Of<Flawed>("unused"), new() { Callbacks = { new SanityCheck { Skip = ["gradients"] } } });
        Check();
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => new SanityCheck { Skip = ["gradient"] });
        Assert.Contains("Did you mean 'gradients'?", error.Message);
        Assert.HasCount(7, new SanityCheck { Skip = All }.Skip);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void FewRowsMayBeAlikeByChance(int rows)
    {
        Sample[] alike = Samples.Blobs(3);
        foreach (Sample row in alike)
            row.Features = [1, 2];
        Own(Learning.Classifier(_ml, new() { MaxEpochs = 1, BatchSize = rows }).Fit(Samples.Keyed(_ml, alike)));
        Check();
    }

    [TestMethod]
    [DataRow(false, DisplayName = "one value a row, beside another input")]
    [DataRow(true, DisplayName = "several values a row")]
    public void AnInputOfSeveralValuesVaries(bool isVector)
    {
        Sample[] rows = Samples.Blobs(24);
        foreach (Sample row in rows)
        {
            if (isVector)
                row.Features = [1, 2];
            else
                row.Target = 1;
        }

        Own(_ml.Fuse().Train(new FuseTrainer.Options
        {
            MaxEpochs = 1,
            Columns = { ["data.x"] = new("Features"), ["data.flag"] = new("Target"), ["data.label"] = new("Label") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<Joined>(), Inputs = ["data.x", "data.flag"], Outputs = [BatchKeys.Logits] },
            Losses = { ["loss"] = new LossCrossEntropy() },
            Outputs = { ["Score"] = new(BatchKeys.Logits, "Label") },
        }).Fit(Samples.Keyed(_ml, rows)));
        Check(isVector ? ["varying_inputs"] : []);
    }

    private void Fit(Network network, FuseTrainer.TrainingOptions? options = null)
    {
        options ??= new() { MaxEpochs = 1 };
        options.MaxEpochs = Math.Min(options.MaxEpochs, 4);
        Own(Learning.Classifier(_ml, options, network).Fit(Samples.Keyed(_ml, 24)));
    }

    /// <summary>Compares the names of the checks that warned, each as often as it did.</summary>
    private void Check(params string[] expected) => Assert.AreEqual(string.Join(' ', expected), string.Join(' ',
        _log.Text.Split('\n').Where(line => line.StartsWith("Warning: Sanity check '", StringComparison.Ordinal)).Select(line => line.Split('\'')[1])), _log.Text);

    private static FuseTrainer.Options TwoHeads() => new()
    {
        MaxEpochs = 1,
        Columns = { ["data.x"] = new("Features"), ["data.label"] = new("Label") },
        Model = new ModelWrapSeqToDict { Model = Network.Of<Pair>(), Inputs = ["data.x"], Outputs = ["model.a", "model.b"] },
        Losses = { ["first"] = new LossCrossEntropy { Pred = "model.a" } },
        Outputs = { ["Score"] = new("model.a", "Label") },
    };

    /// <summary>Has two heads.</summary>
    public sealed class Pair : nn.Module<Tensor, (Tensor, Tensor)>
    {
        private readonly nn.Module<Tensor, Tensor> _a = nn.Linear(2, 3);
        private readonly nn.Module<Tensor, Tensor> _b = nn.Linear(2, 3);

        public Pair()
            : base(nameof(Pair))
        {
            register_module("a", _a);
            register_module("b", _b);
        }

        public override (Tensor, Tensor) forward(Tensor input) => (_a.call(input), _b.call(input));
    }

    /// <summary>Takes two inputs.</summary>
    public sealed class Joined : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(3, 3);

        public Joined()
            : base(nameof(Joined)) => RegisterComponents();

        public override Tensor forward(Tensor input, Tensor flag) => _linear.call(cat([input, flag.reshape(-1, 1)], 1));
    }

    /// <summary>Is a classifier with a mistake.</summary>
    public sealed class Flawed : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear _first = nn.Linear(2, 3);
        private readonly TorchSharp.Modules.Linear _last = nn.Linear(3, 3);
        private readonly string _flaw;

        public Flawed(string flaw)
            : base(nameof(Flawed))
        {
            _flaw = flaw;
            register_module(flaw == "unused" ? "unused" : "first", _first);
            register_module("last", _last);
            using var noGrad = no_grad();
            if (flaw == "zero")
                _last.weight!.zero_();
        }

        public override Tensor forward(Tensor input) => _flaw switch
        {
            "dead" => _last.call(nn.functional.relu(_first.call(input) - 100)),
            "large" => _last.call(_first.call(input)) * 100,
            "unused" => _last.call(nn.functional.pad(input, [0, 1])),
            _ => _last.call(_first.call(input)),
        };
    }
}
