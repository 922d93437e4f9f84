using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Trains and scores on files that a column names, by readers of one's own.</summary>
[TestClass]
public sealed class TensorReaderTests : LeakCheckedTest
{
    private static readonly TensorReader Bytes = TensorReader.Of<ByteFileReader>();

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void FilesTrainValidateAndScoreAsTheirValuesInAColumnDo()
    {
        FileRow[] rows = Files(12);
        Sample[] values = [.. rows.Select(row => new Sample { Features = [.. File.ReadAllBytes(row.Path).Select(value => value / 4f)], Target = row.Target })];
        FuseTrainer.TrainingOptions Options() => new() { MaxEpochs = 2, BatchSize = 4, ValidationFraction = 0.25 };
        FuseTrainer Trainer(TensorColumn input) => _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), input with { Standardize = true }, "Target", Loss.MeanSquaredError(), Options());
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        FuseTransformer read = Own(Trainer(new("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>(0.25) }).Fit(view));
        FuseTransformer held = Own(Trainer(new("Features", [2])).Fit(_ml.Data.LoadFromEnumerable(values)));
        Assert.AreEqual(held.History, read.History);
        float[] scores = [.. read.Transform(view).GetColumn<float>("Score")];
        CollectionAssert.AreEqual(held.Transform(_ml.Data.LoadFromEnumerable(values)).GetColumn<float>("Score").ToArray(), scores);
        using var engine = _ml.Model.CreatePredictionEngine<FileRow, Prediction>(read, new PredictionEngineOptions { OwnsTransformer = false });
        foreach ((FileRow row, float score) in rows.Zip(scores))
            Assert.AreEqual(score, engine.Predict(row).Score, 1e-5f);
    }

    [TestMethod]
    public void ALoadedModelReadsFilesAsTheSavedOne()
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Files(6, relative: true));
        foreach (TensorReader reader in new[] { Bytes with { RootFolder = Folder }, TensorReader.Of<ByteFileReader>(0.5) with { RootFolder = Folder } })
        {
            FuseTransformer model = Own(Trainer(new("Path", [2]) { Reader = reader, Standardize = true }).Fit(view));
            string path = Path.Combine(Folder, "model.zip");
            _ml.Model.Save(model, view.Schema, path);
            var loaded = (FuseTransformer)Own(new MLContext().Model.Load(path, out DataViewSchema schema));
            Assert.AreEqual(reader, loaded.Columns[BatchKeys.Input].Reader);
            Assert.AreEqual(TextDataViewType.Instance, schema["Path"].Type);
            CollectionAssert.AreEqual(model.Transform(view).GetColumn<float>("Score").ToArray(), loaded.Transform(view).GetColumn<float>("Score").ToArray());
        }
    }

    [TestMethod]
    public void DescriptionsCompareByValue()
    {
        Assert.AreEqual(new TensorColumn("a", [2]) { Reader = TensorReader.Of<ByteFileReader>(2.0) }, new TensorColumn("a", [2]) { Reader = TensorReader.Of<ByteFileReader>(2.0) });
        Assert.AreNotEqual(Bytes, TensorReader.Of<ByteFileReader>(2.0));
        Assert.AreNotEqual(Bytes, Bytes with { RootFolder = "scans" });
        Assert.AreNotEqual<TensorReader>(Bytes, new NumpyReader());
    }

    [TestMethod]
    public void ArgumentsWithoutAConstructorAreNamed()
    {
        Assert.Contains("The reader class 'Fuse.MLNet.Tests.ByteFileReader' cannot be built from the arguments (\"x\")",
            Assert.ThrowsExactly<ArgumentException>(() => TensorReader.Of<ByteFileReader>("x")).Message);
        Assert.Contains("A reader's constructor argument of type System.Uri cannot be saved",
            Assert.ThrowsExactly<ArgumentException>(() => TensorReader.Of<ByteFileReader>(new Uri("http://localhost"))).Message);
    }

    [TestMethod]
    [DataRow("System.Diagnostics.Process", "System.Diagnostics.Process", "not a TensorFileReader that can be made")]
    [DataRow("Fuse.MLNet.Tests.TinyClassifier", "Fuse.MLNet.Tests", "not a TensorFileReader that can be made")]
    [DataRow("Fuse.MLNet.TensorFileReader", "Fuse.MLNet", "not a TensorFileReader that can be made")]
    [DataRow("Gone.Away.ScanReader", "Gone.Away", "mlContext.Fuse().RegisterReader<ScanReader>()")]
    public void OnlyAReaderIsEverMade(string type, string assembly, string expected)
    {
        TypeLoadException error = Loading.Refused<TypeLoadException>(_ml, Edited($"\"typeName\": \"{type}\",\n        \"assemblyName\": \"{assembly}\""));
        Assert.Contains($"'{type}'", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void ARegisteredClassIsFoundAndAnUnknownKindIsNot()
    {
        _ml.Fuse().RegisterReader<ByteFileReader>("Moved.Away.ByteReader");
        FuseTransformer model = (FuseTransformer)Own(_ml.Model.Load(Edited("\"typeName\": \"Moved.Away.ByteReader\",\n        \"assemblyName\": \"Moved.Away\""), out _));
        Assert.HasCount(3, model.Transform(_ml.Data.LoadFromEnumerable(Files(3))).GetColumn<float>("Score").ToArray());
        string path = Edited("\"typeName\": \"Fuse.MLNet.Tests.ByteFileReader\",\n        \"assemblyName\": \"Fuse.MLNet.Tests\"");
        Archives.Edit(path, "model.json", bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("reader.class", "reader.dicom", StringComparison.Ordinal)));
        Assert.Contains("model.json is not valid", Loading.Refused<InvalidDataException>(_ml, path).Message);
    }

    [TestMethod]
    [DataRow("Target", "Column 'Target' is Single; its Reader needs one text a row")]
    [DataRow("Paths", "is a vector of String; its Reader needs one text a row")]
    [DataRow("Path", "Column 'Path' has a Reader and no shape")]
    [DataRow("Pathh", "Did you mean 'Path' or 'Paths'?")]
    public void AColumnThatNamesNoFilesFailsWithTheSchema(string name, string expected)
    {
        IDataView view = _ml.Transforms.Concatenate("Paths", "Path", "Path").Fit(_ml.Data.LoadFromEnumerable(Files(3))).Transform(_ml.Data.LoadFromEnumerable(Files(3)));
        FuseTrainer trainer = Trainer(new(name, name == "Path" ? null : [2]) { Reader = Bytes });
        foreach (Action action in new Action[] { () => trainer.GetOutputSchema(SchemaProbe.ShapeOf(view)), () => trainer.Fit(view) })
            Assert.Contains(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(action).Message);
    }

    [TestMethod]
    public void ATextColumnWithoutAReaderIsStillRefused() => Assert.Contains("Column 'Path' is String, which has no tensor form",
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Trainer(new("Path", [2])).Fit(_ml.Data.LoadFromEnumerable(Files(3)))).Message);

    [TestMethod]
    public void ScoringChecksTheColumnToo()
    {
        FuseTransformer model = Own(Trainer(new("Path", [2]) { Reader = Bytes }).Fit(_ml.Data.LoadFromEnumerable(Files(3))));
        Assert.Contains("its Reader needs one text a row", Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => model.Transform(_ml.Data.LoadFromEnumerable(new[] { new { Path = 1f } }))).Message);
        Assert.Contains("row 3, which is not there; its full path is", Assert.ThrowsExactly<FileNotFoundException>(
            () => model.Transform(_ml.Data.LoadFromEnumerable(Files(3).Append(new() { Path = "gone.bin" }))).GetColumn<float>("Score").ToArray()).Message);
    }

    [TestMethod]
    public void AMissingFileIsNamedWithItsFullPath()
    {
        foreach ((TensorReader reader, string folder) in new[] { (Bytes, Environment.CurrentDirectory), (Bytes with { RootFolder = Folder }, Folder), (Bytes with { RootFolder = "scans" }, Path.GetFullPath("scans")) })
        {
            FileNotFoundException error = Assert.ThrowsExactly<FileNotFoundException>(() => Trainer(new("Path", [2]) { Reader = reader })
                .Fit(_ml.Data.LoadFromEnumerable(Files(1).Append(new() { Path = "gone/a.bin" }))));
            Assert.AreEqual($"Column 'Path' names 'gone/a.bin' in row 1, which is not there; its full path is '{Path.Combine(folder, "gone", "a.bin")}'.", error.Message);
        }
        Assert.Contains("Column 'Path' has no path in row 0", Assert.ThrowsExactly<InvalidDataException>(
            () => Trainer(new("Path", [2]) { Reader = Bytes }).Fit(_ml.Data.LoadFromEnumerable(new FileRow[] { new() }))).Message);
        Assert.Contains("row 0: the file 'a\0b' could not be read", Assert.ThrowsExactly<InvalidDataException>(
            () => Trainer(new("Path", [2]) { Reader = Bytes }).Fit(_ml.Data.LoadFromEnumerable(new FileRow[] { new() { Path = "a\0b" } }))).Message);
    }

    [TestMethod]
    [DataRow("shape", "has the shape [1, 2], where the column's is [2]")]
    [DataRow("scalar", "has the shape [], where the column's is [2]")]
    [DataRow("throws", "could not be read by TrickyReader: slice 3 is missing")]
    [DataRow("null", "could not be read by TrickyReader: ")]
    [DataRow("disposed", "could not be read by TrickyReader: ")]
    [DataRow("complex", "has values of type ComplexFloat32, which are neither integers")]
    public void AReaderThatFailsIsNamed(string trick, string expected)
    {
        FileRow[] rows = Files(2);
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(
            () => Trainer(new("Path", [2]) { Reader = TensorReader.Of<TrickyReader>(trick) }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Contains($"Column 'Path', row 0: the file '{rows[0].Path}' {expected}", error.Message);
        Assert.IsTrue(error.Data.Contains("ML_IsMarked"), "ML.NET unwraps only errors that carry its mark.");
    }

    [TestMethod]
    [DataRow("bool", ScalarType.Float32, new[] { 1.0, 0 })]
    [DataRow("int8", ScalarType.Int64, new[] { -3.0, 5 })]
    [DataRow("int16", ScalarType.Float32, new[] { -300.0, 5 })]
    [DataRow("half", ScalarType.Float32, new[] { 0.5, -2 })]
    [DataRow("half", ScalarType.Float64, new[] { 0.5, -2 })]
    [DataRow("double", ScalarType.Bool, new[] { 1.0, 0 })]
    [DataRow("double", ScalarType.Byte, new[] { 2.0, 0 })]
    [DataRow("gradient", ScalarType.Float32, new[] { 1.5, 2 })]
    [DataRow("column", ScalarType.Float32, new[] { 1.0, 3 })]
    [DataRow("nan", ScalarType.Int64, new[] { 1.0, -100 })]
    [DataRow("kept", ScalarType.Float32, new[] { 7.0, 8 })]
    public void WhatAReaderGivesBecomesTheColumnsType(string trick, ScalarType type, double[] values)
    {
        RecordingNetwork.Inputs.Clear();
        Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new("Path", [2]) { Reader = TensorReader.Of<TrickyReader>(trick), DType = type }, "Target", Loss.MeanSquaredError(),
            new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0) }).Fit(_ml.Data.LoadFromEnumerable(Files(2))));
        Assert.AreEqual(type, RecordingNetwork.Inputs[0].DType);
        CollectionAssert.AreEqual(values.Concat(values).ToArray(), RecordingNetwork.Inputs[0].Values);
    }

    [TestMethod]
    [DataRow("int16", ScalarType.Byte, "holds -300 in row 0, which a tensor of type Byte cannot hold")]
    [DataRow("nan", ScalarType.Int32, "holds NaN in row 0")]
    public void AValueThatDoesNotFitIsNamed(string trick, ScalarType type, string expected) => Assert.Contains(expected, Assert.ThrowsExactly<InvalidOperationException>(
        () => Trainer(new("Path", [2]) { Reader = TensorReader.Of<TrickyReader>(trick), DType = type }).Fit(_ml.Data.LoadFromEnumerable(Files(2)))).Message);

    [TestMethod]
    public void ScoringFromManyThreadsGivesEachPassAReaderOfItsOwn()
    {
        FileRow[] rows = Files(40);
        FuseTransformer model = Own(Trainer(new("Path", [2]) { Reader = TensorReader.Of<LonelyReader>() }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        float[] expected = [.. model.Transform(_ml.Data.LoadFromEnumerable(rows)).GetColumn<float>("Score")];
        OnOtherThreads([.. Enumerable.Range(0, 4).Select(_ => (Action)(() =>
            CollectionAssert.AreEqual(expected, model.Transform(new MLContext().Data.LoadFromEnumerable(rows)).GetColumn<float>("Score").ToArray())))]);
    }

    private FuseTrainer Trainer(TensorColumn input) =>
        _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), input, "Target", Loss.MeanSquaredError(), new() { MaxEpochs = 1, BatchSize = 4 });

    private FileRow[] Files(int count, bool relative = false)
    {
        FileRow[] rows = [.. Enumerable.Range(0, count).Select(i => new FileRow { Path = relative ? $"{i}.bin" : Path.Combine(Folder, $"{i}.bin"), Target = i % 5 })];
        for (int i = 0; i < count; i++)
            File.WriteAllBytes(Path.Combine(Folder, $"{i}.bin"), [(byte)(i * 5), (byte)(250 - i)]);
        return rows;
    }

    /// <summary>Saves a model and names another class in it.</summary>
    private string Edited(string by)
    {
        const string What = "\"typeName\": \"Fuse.MLNet.Tests.ByteFileReader\",\n        \"assemblyName\": \"Fuse.MLNet.Tests\"";
        IDataView view = _ml.Data.LoadFromEnumerable(Files(3));
        string path = Path.Combine(Folder, "edited.zip");
        using (FuseTransformer model = Trainer(new("Path", [2]) { Reader = Bytes }).Fit(view))
            _ml.Model.Save(model, view.Schema, path);
        Archives.Edit(path, "model.json", bytes =>
        {
            string text = Encoding.UTF8.GetString(bytes).ReplaceLineEndings("\n");
            Assert.Contains(What, text);
            return Encoding.UTF8.GetBytes(text.Replace(What, by, StringComparison.Ordinal));
        });
        return path;
    }

    public sealed class TrickyReader(string trick) : TensorFileReader
    {
        private static readonly float[] Kept = [7, 8];
        private Tensor? _kept;

        public override Tensor Read(string path) => trick switch
        {
            "shape" => zeros(1, 2),
            "scalar" => tensor(1f),
            "throws" => throw new FormatException("slice 3 is missing\nat line 7"),
            "null" => null!,
            "disposed" => Disposed(),
            "complex" => zeros(2, ScalarType.ComplexFloat32),
            "bool" => tensor(new[] { true, false }),
            "int8" => tensor(new sbyte[] { -3, 5 }),
            "int16" => tensor(new short[] { -300, 5 }),
            "half" => tensor(new[] { 0.5f, -2 }).to(ScalarType.BFloat16),
            "double" => tensor(new[] { 2.5, 0 }),
            "gradient" => nn.Parameter(tensor(new[] { 1.5f, 2 })),
            "column" => tensor(new[] { 1f, 2, 3, 4 }).reshape(2, 2).select(1, 0),
            "nan" => tensor(new[] { 1, float.NaN }),
            // A reader may keep tensors of its own.
            _ => (_kept ??= tensor(Kept).DetachFromDisposeScope()).alias(),
        };

        private static Tensor Disposed()
        {
            using Tensor values = zeros(2);
            return values;
        }
    }

    /// <summary>Fails when two threads are in one object, and needs its own field to stay as it was set.</summary>
    public sealed class LonelyReader : TensorFileReader
    {
        private int _inside;

        public override Tensor Read(string path)
        {
            Assert.AreEqual(1, Interlocked.Increment(ref _inside));
            byte[] bytes = File.ReadAllBytes(path);
            Thread.Yield();
            Assert.AreEqual(0, Interlocked.Decrement(ref _inside));
            return tensor(new float[] { bytes[0], bytes[1] });
        }
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
