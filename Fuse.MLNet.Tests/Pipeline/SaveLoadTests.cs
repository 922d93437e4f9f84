using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class SaveLoadTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 7);

    [TestMethod]
    [DataRow("Label")]
    [DataRow("Number")]
    [DataRow("Key")]
    [DataRow("Target")]
    public void ALoadedModelIsTheSavedOne(string label)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Samples.Blobs(40));
        IEstimator<ITransformer> start = label is "Label" or "Number" ? _ml.Transforms.Conversion.MapValueToKey(label) : _ml.Transforms.CopyColumns("Copy", "Id");
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(2, label == "Target" ? 1 : 3),
            new TensorColumn("Features") { Standardize = true }, label, options: new() { MaxEpochs = 2, BatchSize = 8, ValidationFraction = 0.25 });
        ITransformer model = Own<ITransformer>(start.Append(trainer).Fit(view));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, view.Schema, path);
        ITransformer loaded = Own(new MLContext().Model.Load(path, out DataViewSchema input));

        Assert.AreEqual(Text(view.Schema), Text(input));
        Assert.AreEqual(Text(model.GetOutputSchema(view.Schema)), Text(loaded.GetOutputSchema(view.Schema)));
        (FuseTransformer before, FuseTransformer after) = (Of(model), Of(loaded));
        Assert.AreEqual(before.History, after.History);
        Assert.AreEqual(before.StopReason, after.StopReason);
        Assert.AreEqual(before.BestEpoch, after.BestEpoch);
        Assert.AreEqual(7, after.Seed);
        CollectionAssert.AreEqual(Learning.Weights(before.Network), Learning.Weights(after.Network));
        if (label != "Target")
            Learning.AreEqual(Learning.Scores(model.Transform(view)), Learning.Scores(loaded.Transform(view)), 1e-6f);
        else
            CollectionAssert.AreEqual(model.Transform(view).GetColumn<float>("Score").ToArray(), loaded.Transform(view).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void ALoadedModelSavesAgain()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        IDataView view = Samples.Keyed(_ml, 10);
        string first = Path.Combine(Folder, "first.zip");
        string second = Path.Combine(Folder, "second.zip");
        _ml.Model.Save(transformer, view.Schema, first);
        _ml.Model.Save(Own(_ml.Model.Load(first, out _)), view.Schema, second);
        Learning.AreEqual(Learning.Scores(transformer.Transform(view)), Learning.Scores(Own(_ml.Model.Load(second, out _)).Transform(view)));
    }

    [TestMethod]
    public void LoadingAndCopyingDoNotTouchTheRandomState()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(transformer, Samples.Keyed(_ml, 3).Schema, path);
        using Tensor before = random.get_rng_state();
        Own(_ml.Model.Load(path, out _));
        Own(transformer.CreateModule());
        using Tensor after = random.get_rng_state();
        Assert.IsTrue(before.Equals(after));
    }

    [TestMethod]
    public void ACopyOfTheModuleIsIndependent()
    {
        FuseTransformer transformer = Own(Learning.Classify());
        nn.Module copy = Own(transformer.CreateModule());
        byte[] weights = Learning.Weights(transformer.Network);
        CollectionAssert.AreEqual(weights, Learning.Weights(copy));
        Assert.IsFalse(copy.training);
        using (no_grad())
            foreach (TorchSharp.Modules.Parameter parameter in copy.parameters())
                parameter.zero_();
        CollectionAssert.AreEqual(weights, Learning.Weights(transformer.Network));
    }

    [TestMethod]
    public void AFunctionIsUsableWarnedOfAndNotSaved()
    {
        var log = new LogRecorder(_ml);
        IDataView view = Samples.Keyed(_ml, 10);
        FuseTransformer transformer = Own(Learning.Classifier(_ml, network: Network.Of(() => new TinyClassifier())).Fit(view));
        Assert.Contains("Warning: This model can be used but not saved", log.Text);
        Assert.HasCount(10, Learning.Scores(transformer.Transform(view)));
        string path = Path.Combine(Folder, "model.zip");
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Model.Save(transformer, view.Schema, path));
        Assert.Contains("Network.Of<MyNetwork>", error.Message);
    }

    [TestMethod]
    public void AModelOfANestedScopeOutlivesTheScope()
    {
        FuseTransformer transformer;
        FuseTransformer loaded;
        IDataView view = Samples.Keyed(_ml, 10);
        string path = Path.Combine(Folder, "model.zip");
        using (NewDisposeScope())
        {
            transformer = Own(Learning.Classifier(_ml, network: Network.Of<RecordingClassifier>()).Fit(view));
            _ml.Model.Save(transformer, view.Schema, path);
            loaded = Own(Of(_ml.Model.Load(path, out _)));
        }

        Learning.AreEqual(Learning.Scores(transformer.Transform(view)), Learning.Scores(loaded.Transform(view)));
    }

    private static FuseTransformer Of(ITransformer model) =>
        model as FuseTransformer ?? ((IEnumerable<ITransformer>)model).OfType<FuseTransformer>().Single();

    private static string Text(DataViewSchema schema) => string.Join('\n', schema.Select(column =>
        $"{column.Name} {column.Type} {string.Join(',', column.Annotations.Schema.Select(annotation => $"{annotation.Name} {annotation.Type}"))}"));

    /// <summary>Has a parameter made by hand, which belongs to the scope that is current where it is made.</summary>
    public sealed class RecordingClassifier : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _weight;

        public RecordingClassifier()
            : base(nameof(RecordingClassifier))
        {
            _weight = nn.Parameter(randn(2, 3));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input.matmul(_weight);
    }
}
