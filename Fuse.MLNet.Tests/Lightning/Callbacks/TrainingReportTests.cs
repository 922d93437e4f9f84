using System.Globalization;
using System.Xml.Linq;
using Fuse.MLNet.Examples.Segmentation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Reads the report's page as XML, which it is too, and compares what it shows with the model.</summary>
[TestClass]
public sealed class TrainingReportTests : LeakCheckedTest
{
    private string ReportPath => Path.Combine(Folder, "report.html");

    [TestMethod]
    public void ClassifierShowsCurvesAndThePredictionsOfTheKeptEpoch()
    {
        var ml = new MLContext(seed: 1);
        // Overlapping clouds, so that some rows are wrong.
        Sample[] rows = [.. Samples.Blobs(120).Select((row, index) => { row.Features = [row.Features[0] / 4, row.Features[1] / 4 + (index % 7 / 3f)]; return row; })];
        FuseTransformer model = Fit(ml, Samples.Keyed(ml, rows), new() { MaxEpochs = 6, BatchSize = 16, ValidationColumnName = "IsValidation", Optimizer = Optimizers.Adam(0.05), Callbacks = { new TrainingReport { HardestRows = 4 } } });
        XElement page = Page();
        CollectionAssert.IsSubsetOf(new[] { "losses.total_loss", "learning rate", "Confusion matrix", "ROC curves and areas under them" }, Texts(page, "figcaption"));
        Assert.AreEqual("Completed", Fact(page, "Status"));
        Assert.AreEqual("6 of 6", Fact(page, "Epochs"));
        Assert.AreEqual($"{model.BestEpoch}, counted from 0", Fact(page, "Weights of epoch"));

        // What the model says of those rows now.
        Sample[] validation = [.. rows.Where(row => row.IsValidation)];
        float[][] scores = Learning.Scores(model.Transform(Samples.Keyed(ml, validation)));
        int[] predicted = [.. scores.Select(row => Array.IndexOf(row, row.Max()))];
        string[] names = ["a", "b", "c"];
        string[] expected = [.. from truth in Enumerable.Range(0, 3)
                                from given in Enumerable.Range(0, 3)
                                let all = validation.Count(row => row.Label == names[truth])
                                let count = validation.Where((row, index) => row.Label == names[truth] && predicted[index] == given).Count()
                                select string.Create(CultureInfo.InvariantCulture, $"true {names[truth]}, predicted {names[given]}: {count} of {all} ({(double)count / all:P1})")];
        CollectionAssert.AreEqual(expected, Texts(page, "title").Where(text => text.StartsWith("true ", StringComparison.Ordinal)).ToArray());

        XElement hardest = page.Descendants("table").First();
        double[] ofTruth = [.. hardest.Elements("tr").Skip(1).Select(row => double.Parse(row.Elements("td").ElementAt(3).Value, CultureInfo.InvariantCulture))];
        double[] smallest = [.. scores.Select((row, index) => (double)row[Array.IndexOf(names, validation[index].Label)]).Order().Take(4)];
        for (int i = 0; i < smallest.Length; i++)
            Assert.AreEqual(smallest[i], ofTruth[i], 1e-4 * Math.Max(1, smallest[i]));
    }

    [TestMethod]
    public void RocAreasAreThoseOfTheMetric()
    {
        var ml = new MLContext(seed: 1);
        FuseTransformer model = Own(ml.Fuse().Train(new FuseTrainer.Options
        {
            Columns = { ["data.input"] = new("Features"), ["data.label"] = new("Label") },
            Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = ["model.logits.head_0"] },
            Losses = { ["loss"] = new LossCrossEntropy { Pred = "model.logits.head_0" } },
            Outputs = { ["Score"] = new("model.logits.head_0", labelColumnName: "Label") { Activation = Activation.Softmax } },
            ValidationMetrics = { ["auc"] = new MetricAUCROC("model.logits.head_0", "data.label") { PredLink = Activation.Softmax } },
            Optimizer = Optimizers.SGD(1e-4),
            MaxEpochs = 2,
            ValidationFraction = 0.5,
            ModelDirectory = Folder,
            Callbacks = { new TrainingReport() },
        }).Fit(Samples.Keyed(ml, 80)));
        XElement roc = Page().Descendants("figure").Single(figure => figure.Element("figcaption")!.Value.StartsWith("ROC", StringComparison.Ordinal));
        string[] areas = [.. roc.Descendants("b").Select(area => area.Value)];
        Assert.HasCount(3, areas);
        for (int i = 0; i < areas.Length; i++)
            Assert.AreEqual(model.History[$"validation.metrics.auc.{i}"][model.BestEpoch!.Value], double.Parse(areas[i], CultureInfo.InvariantCulture), 1e-4);
    }

    [TestMethod]
    [DataRow("last", 2)]
    [DataRow("best", 3)]
    public void ResumedRunGivesThePageOfTheWholeOne(string from, int interrupted)
    {
        FuseTrainer.TrainingOptions Options() => new() { MaxEpochs = 4, BatchSize = 16, ValidationFraction = 0.3, LearningRateScheduler = Schedules.Exponential(0.5), Callbacks = { new TrainingReport() } };
        Fit(Options());
        string whole = PageWithoutTime();
        using var cancel = new CancellationTokenSource();
        FuseTrainer.TrainingOptions first = Options();
        first.Callbacks.Add(new CancelAt(cancel.Cancel, epochs: interrupted));
        first.CancellationToken = cancel.Token;
        Fit(first);
        Assert.AreEqual("Cancelled", Fact(Page(), "Status"));
        FuseTrainer.TrainingOptions second = Options();
        second.ResumeFrom = from;
        Fit(second);
        Assert.AreEqual(whole, PageWithoutTime());
    }

    [TestMethod]
    public void NumbersAreShownAsACloud()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Samples.Blobs(60));
        FuseTransformer model = Own(ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new("Features"), "Target", Loss.MeanSquaredError(),
            new() { MaxEpochs = 3, ValidationColumnName = "IsValidation", ModelDirectory = Folder, Callbacks = { new TrainingReport { HardestRows = 60 } } }).Fit(rows));
        float[] predicted = [.. model.Transform(ml.Data.LoadFromEnumerable(Samples.Blobs(60).Where(row => row.IsValidation))).GetColumn<float>("Score")];
        double[] errors = [.. Samples.Blobs(60).Where(row => row.IsValidation).Select((row, index) => (double)Math.Abs(row.Target - predicted[index])).OrderDescending()];
        XElement[] shown = [.. Page().Descendants("table").First().Elements("tr").Skip(1)];
        Assert.HasCount(15, shown);
        for (int i = 0; i < shown.Length; i++)
            Assert.AreEqual(errors[i], double.Parse(shown[i].Elements("td").Last().Value, CultureInfo.InvariantCulture), 1e-3 * Math.Max(1, errors[i]));
        Assert.HasCount(15, Page().Descendants("figure").Single(figure => figure.Element("figcaption")!.Value == "Predicted and true values").Descendants("circle").ToArray());
    }

    [TestMethod]
    public void PicturesAreTheRows()
    {
        var ml = new MLContext(seed: 1);
        Picture[] rows = [.. Enumerable.Range(0, 12).Select(i => new Picture { Pixels = [.. Enumerable.Range(0, 36).Select(p => (float)((p * (i + 1)) % 7))], Label = (uint)(i % 3), Id = $"row {i}", IsValidation = i < 6 })];
        IDataView view = ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(rows)).Transform(ml.Data.LoadFromEnumerable(rows));
        Own(ml.Fuse().Train(Network.Of<TinyConvolution>(), new("Pixels", [1, 6, 6]), options: new()
        {
            MaxEpochs = 1,
            ValidationColumnName = "IsValidation",
            SampleIdColumnName = "Id",
            ModelDirectory = Folder,
            Callbacks = { new TrainingReport() },
        }).Fit(view));
        XElement[] shown = [.. Page().Descendants("table").First().Elements("tr").Skip(1)];
        Assert.HasCount(6, shown);
        foreach (XElement line in shown)
        {
            XElement[] cells = [.. line.Elements("td")];
            string source = cells[0].Element("img")!.Attribute("src")!.Value;
            Assert.StartsWith("data:image/png;base64,", source);
            string file = Path.Combine(Folder, "picture.png");
            File.WriteAllBytes(file, Convert.FromBase64String(source["data:image/png;base64,".Length..]));
            float[] pixels = rows.Single(row => row.Id == cells[1].Value).Pixels;
            (float low, float high) = (pixels.Min(), pixels.Max());
            CollectionAssert.AreEqual(pixels.Select(pixel => (byte)MathF.Round((pixel - low) * 255 / (high - low))).ToArray(), PngFile.ReadFirstChannel(file).Pixels, cells[1].Value);
        }
    }

    [TestMethod]
    public void NamesAreEscapedAndNothingComesFromElsewhere()
    {
        var ml = new MLContext(seed: 1);
        Sample[] rows = [.. Samples.Blobs(40).Select(row => { row.Label = row.Label switch { "a" => "<script>alert(1)</script>", "b" => "\"&\u0001<b>", _ => row.Label }; return row; })];
        Fit(ml, Samples.Keyed(ml, rows), new() { MaxEpochs = 2, ValidationFraction = 0.5, Callbacks = { new TrainingReport(), new LogIn("<i>&", 0, 1) } });
        XElement page = Page();
        Assert.IsFalse(page.Descendants().Any(element => element.Name.LocalName is "script" or "link" or "iframe" or "b" && element.Value.Contains('<')));
        foreach (XAttribute attribute in page.DescendantsAndSelf().Attributes())
            Assert.IsFalse(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || (attribute.Name.LocalName is "src" or "href" && !attribute.Value.StartsWith("data:", StringComparison.Ordinal)), attribute.ToString());
        Assert.Contains("<i>&", Texts(page, "figcaption"));
        Assert.IsTrue(Texts(page, "title").Any(text => text.Contains("true <script>alert(1)</script>", StringComparison.Ordinal)));
        Assert.DoesNotContain("url(", File.ReadAllText(ReportPath));
        // An HTML element that closes itself would swallow what follows.
        string[] open = [.. page.Descendants().Where(element => element.IsEmpty && !element.AncestorsAndSelf("svg").Any()).Select(element => element.Name.LocalName).Distinct()];
        Assert.IsEmpty(open.Except(["meta", "img"]).ToArray());
    }

    [TestMethod]
    public void RunThatFailsOrStopsSaysSo()
    {
        var failing = new CancelAt(() => throw new InvalidTimeZoneException("no <luck>"), epochs: 1);
        Assert.ThrowsExactly<InvalidTimeZoneException>(() => Fit(new() { MaxEpochs = 3, Callbacks = { new TrainingReport(), failing } }));
        Assert.AreEqual("Failed: no <luck>", Fact(Page(), "Status"));
        Assert.AreEqual("1 of 3", Fact(Page(), "Epochs"));
        Fit(new() { MaxEpochs = 30, ValidationFraction = 0.3, Callbacks = { new TrainingReport(), new EarlyStopping(new("validation.losses.total_loss", MinDelta: 100), patience: 2) } });
        Assert.AreEqual("Stopped early", Fact(Page(), "Status"));
        Assert.IsEmpty(Page().Descendants("meta").Where(meta => meta.Attribute("http-equiv") is not null).ToArray(), "The page of a run that ended must not load again.");
    }

    [TestMethod]
    public void ItNeedsAFolderOrAFile()
    {
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Learning.Classify(options: new() { Callbacks = { new TrainingReport() } }));
        Assert.Contains("TrainingReport has no folder: set its Path, or ModelDirectory", error.Message);
        string file = Path.Combine(Folder, "a", "b.html");
        Own(Learning.Classify(options: new() { MaxEpochs = 1, Callbacks = { new TrainingReport { Path = file } } }));
        Assert.IsTrue(File.Exists(file));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TrainingReport { HardestRows = -1 });
    }

    [TestMethod]
    [DataRow("0.12 0.93", "0.0 0.2 0.4 0.6 0.8 1.0")]
    [DataRow("3 17", "0 5 10 15 20")]
    [DataRow("-0.4 0.4 NaN", "-0.4 -0.2 0.0 0.2 0.4")]
    [DataRow("0.001 5", "0.001 0.01 0.1 1")]
    [DataRow("5 5", "4.4 4.6 4.8 5.0 5.2 5.4 5.6")]
    [DataRow("", "0.0 0.2 0.4 0.6 0.8 1.0")]
    public void AxesAreMarkedAtRoundNumbers(string values, string expected)
    {
        AxisScale axis = AxisScale.Of(values.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => double.Parse(value, CultureInfo.InvariantCulture)));
        Assert.AreEqual(expected, string.Join(' ', axis.Marks.Select(axis.Label)));
        foreach (double mark in axis.Marks)
            Assert.IsInRange(0, 1, axis.Place(mark)!.Value);
    }

    private FuseTransformer Fit(FuseTrainer.TrainingOptions options)
    {
        var ml = new MLContext(seed: 1);
        return Fit(ml, Samples.Keyed(ml, 60), options);
    }

    private FuseTransformer Fit(MLContext ml, IDataView rows, FuseTrainer.TrainingOptions options)
    {
        options.ModelDirectory = Folder;
        return Own(Learning.Classifier(ml, options).Fit(rows));
    }

    private XElement Page()
    {
        string text = File.ReadAllText(ReportPath);
        Assert.StartsWith("<!DOCTYPE html>\n", text);
        return XDocument.Parse(text["<!DOCTYPE html>\n".Length..]).Root!;
    }

    private string PageWithoutTime()
    {
        XElement page = Page();
        page.Descendants("dt").Single(name => name.Value == "Time").Parent!.Remove();
        return page.ToString();
    }

    private static string Fact(XElement page, string name) => page.Descendants("dt").Single(fact => fact.Value == name).Parent!.Element("dd")!.Value;

    private static string[] Texts(XElement page, string name) => [.. page.Descendants(name).Select(element => element.Value)];

    private sealed class Picture
    {
        [VectorType(36)]
        public float[] Pixels { get; set; } = [];

        public uint Label { get; set; }

        public string Id { get; set; } = "";

        public bool IsValidation { get; set; }
    }
}
