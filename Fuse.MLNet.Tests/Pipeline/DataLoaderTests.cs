using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Keeps trained pipelines in one file with the loader of their data.</summary>
[TestClass]
public sealed class DataLoaderTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ModelAndLoaderComeBackTogether()
    {
        (TextLoader loader, MultiFileSource source) = Data();
        IDataView rows = loader.Load(source);
        ITransformer model = Own<ITransformer>(Pipeline(Network.Of<TinyClassifier>()).Fit(rows));
        float[][] expected = Learning.Scores(model.Transform(rows));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, loader, path);

        ITransformer loaded = Own(new MLContext().Model.LoadWithDataLoader(path, out IDataLoader<IMultiStreamSource> again));
        IDataView read = again.Load(source);
        CollectionAssert.AreEqual(rows.Schema.Select(column => $"{column.Name} {column.Type}").ToArray(), read.Schema.Select(column => $"{column.Name} {column.Type}").ToArray());
        Learning.AreEqual(expected, Learning.Scores(loaded.Transform(read)));
        CollectionAssert.AreEqual(model.Transform(rows).GetColumn<string>("PredictedLabel").ToArray(), loaded.Transform(read).GetColumn<string>("PredictedLabel").ToArray());

        // The same file is read by plain Load, which gives the loader's schema.
        ITransformer plain = Own(new MLContext().Model.Load(path, out DataViewSchema schema));
        CollectionAssert.AreEqual(rows.Schema.Select(column => column.Name).ToArray(), schema.Select(column => column.Name).ToArray());
        Learning.AreEqual(expected, Learning.Scores(plain.Transform(rows)));
    }

    [TestMethod]
    public void PipelineThatBeginsWithItsLoaderIsKeptWhole()
    {
        (TextLoader loader, MultiFileSource source) = Data();
        CompositeDataLoader<IMultiStreamSource, ITransformer> model = loader.Append<IMultiStreamSource, ITransformer>(Pipeline(Network.Of<TinyClassifier>())).Fit(source);
        Own<ITransformer>(model.Transformer);
        float[][] expected = Learning.Scores(model.Load(source));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(null, model, path);
        Own(new MLContext().Model.LoadWithDataLoader(path, out IDataLoader<IMultiStreamSource> whole));
        Own<ITransformer>(((CompositeDataLoader<IMultiStreamSource, ITransformer>)whole).Transformer);
        Learning.AreEqual(expected, Learning.Scores(whole.Load(source)));
    }

    [TestMethod]
    public void TorchScriptIsAllowedByTheContextThereToo()
    {
        (TextLoader loader, MultiFileSource source) = Data();
        IDataView rows = loader.Load(source);
        ITransformer model = Own<ITransformer>(Pipeline(Network.TorchScript(Path.Combine(Repository.Tests, "Models", "Data", "classifier.pt"))).Fit(rows));
        string path = Path.Combine(Folder, "model.zip");
        _ml.Model.Save(model, loader, path);
        Exception? refused = Assert.Throws<Exception>(() => new MLContext().Model.LoadWithDataLoader(path, out _));
        Assert.Contains("AllowTorchScript", refused.ToString());
        var trusting = new MLContext();
        trusting.Fuse().AllowTorchScript = true;
        ITransformer loaded = Own(trusting.Model.LoadWithDataLoader(path, out IDataLoader<IMultiStreamSource> again));
        Learning.AreEqual(Learning.Scores(model.Transform(rows)), Learning.Scores(loaded.Transform(again.Load(source))));
    }

    private IEstimator<ITransformer> Pipeline(Network network) => _ml.Transforms.Conversion.MapValueToKey("Label").Append(_ml.Transforms.Concatenate("Features", "X", "Y"))
        .Append(Learning.Classifier(_ml, network: network)).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    private (TextLoader Loader, MultiFileSource Source) Data()
    {
        string path = Path.Combine(Folder, "rows.csv");
        File.WriteAllLines(path, Samples.Blobs(24).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Features[0]},{row.Features[1]},{row.Label}")).Prepend("X,Y,Label"));
        return (_ml.Data.CreateTextLoader<Row>(separatorChar: ',', hasHeader: true), new MultiFileSource(path));
    }

    private sealed class Row
    {
        [LoadColumn(0)]
        public float X { get; set; }

        [LoadColumn(1)]
        public float Y { get; set; }

        [LoadColumn(2)]
        public string Label { get; set; } = "";
    }
}
