using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Fuse.MLNet.Tests;

/// <summary>Is the table of bad inputs that are errors; docs/bad-data.md has the same.</summary>
[TestClass]
public sealed class BadDataTests : LeakCheckedTest
{
    private const int Count = 24;

    private static readonly Dictionary<string, Func<BadDataTests, Case>> Cases = new(StringComparer.Ordinal)
    {
        ["NaN in a feature"] = test => new(test.Blobs(rows => rows[13].Features[1] = float.NaN), "Column 'Features' holds NaN in row 13, at index 1", "NonFiniteFeatures"),
        ["an infinite feature, with ids"] = test => new(test.Blobs(rows => rows[7].Features[0] = float.NegativeInfinity), "Column 'Features' holds -Infinity in row 7 (id '7'), at index 0")
        {
            Options = options => options.SampleIdColumnName = "Id",
        },
        ["NaN in a validation row"] = test => new(test.Blobs(rows => rows[11].Features[0] = float.NaN), "Column 'Features' holds NaN in row 11") { Options = options => options.ValidationColumnName = "IsValidation" },
        ["NaN in one of several columns"] = test => new(test.Blobs(rows => rows[5].Id = float.NaN), "Column 'Id' holds NaN in row 5.") { Trainer = test.OfColumns },
        ["no row is left"] = test => new(test.Blobs(rows => Array.ForEach(rows, row => row.Features[0] = float.NaN)), "There is no training row") { Options = options => options.NonFiniteFeatures = NonFiniteFeatures.SkipRow },
        ["zero rows"] = test => new(new(test.Rows()) { RowsOfPass = _ => 0 }, "There is no training row"),
        ["one row and batch normalization"] = test => new(new(test.Rows()) { RowsOfPass = _ => 1 }, "running_var") { Network = Network.Of<BatchNormTests.Normalized>() },
        ["a number that its tensor cannot hold"] = test => new(test.Blobs(rows => rows[13].Target = 1e20f), "Column 'Target' holds 1E+20 in row 13") { Trainer = test.OfColumns },
        ["vectors of unknown size"] = test => new(new(test.Load(new TokenRow { Numbers = [1, 2], Target = 1 })), "Column 'Numbers' is a vector of unknown size")
        {
            Error = typeof(ArgumentOutOfRangeException),
            Trainer = options => test.OfInput(new("Numbers"), options),
            Good = test.Load(new FixedRow(), new FixedRow()),
        },
        ["vectors of different sizes"] = test => new(new(test.Load(new TokenRow { Numbers = [1, 2] }, new TokenRow { Numbers = [2, 3] }, new TokenRow { Numbers = [1, 2, 3] })), "Column 'Numbers' has 3 values in row 2; the shape [2] needs 2")
        {
            Trainer = options => test.OfInput(new("Numbers", [2]), options),
            Good = test.Load(new TokenRow { Numbers = [1, 2] }, new TokenRow { Numbers = [0, 1], Target = 1 }),
        },
        ["a key with too many values to count"] = test => new(new(test.Load(new ManyKeys { Label = 7 })), "a classifier needs a key of at least 2 and at most 2147483647 values") { Error = typeof(ArgumentOutOfRangeException) },
        ["hashed keys as classes"] = test => new(new(test._ml.Transforms.Conversion.Hash("Label", numberOfBits: 30).Fit(test.Plain()).Transform(test.Plain())), "Column 'Label' is Key<UInt32, 0-1073741823>, whose 1073741824 keys are too many")
        {
            Error = typeof(ArgumentOutOfRangeException),
            Trainer = options => test._ml.MulticlassClassification.Trainers.FuseNeuralNetwork(new FuseTrainer.NeuralNetworkOptions { MaxEpochs = 1, StagingBytes = options.StagingBytes }),
        },
        ["a class that the network has no output for"] = test => new(new(test.Rows()), "[8, 2]; expected [N, 3], one output for each of the 3 classes of 'Label'")
        {
            Network = Network.Of<TinyClassifier>(2, 2),
            Good = test.Keyed(rows => Array.ForEach(rows, row => row.Label = row.Label == "c" ? "a" : row.Label)),
        },
        ["validation keys of other values"] = test => new(new(test.Rows()), "The keys of column 'Label' stand for other values in the validation data")
        {
            Error = typeof(ArgumentOutOfRangeException),
            Validation = test.Keyed(rows => rows[0].Label = "d"),
        },
        ["an image column that a cache dropped"] = test => new(new(test._ml.Data.Cache(test.Load(new PictureRow { Image = Pictures.Plain(2, 2, 1, 2, 3) }))), "The input has no column 'Image'", "silently drop columns of images")
        {
            Error = typeof(ArgumentOutOfRangeException),
            Trainer = options => test.OfInput(new("Image", [3, 2, 2]), options, 12),
            Good = test.Load(new PictureRow { Image = Pictures.Plain(2, 2, 1, 2, 3) }, new PictureRow { Image = Pictures.Plain(2, 2, 9, 8, 7), Target = 1 }),
        },
        ["bytes that are no image"] = test => new(new(test.Load(test.Encoded(), test.Encoded(), new EncodedRow { Image = [1, 2, 3] })), "Column 'Image', row 2: the image could not be read") { Trainer = test.OfImages, Good = test.Load(test.Encoded(), test.Encoded()) },
        ["a missing image"] = test => new(new(test.Load(test.Encoded(), new EncodedRow())), "Column 'Image', row 1: there is no byte of an image's file") { Trainer = test.OfImages, Good = test.Load(test.Encoded(), test.Encoded()) },
        ["a file of another shape"] = test => new(new(test.Load(test.Bytes(1, 2), test.Bytes(1, 2, 3))), "Column 'Path', row 1: the file '", "has the shape [3], where the column's is [2]")
        {
            Error = typeof(InvalidDataException),
            Trainer = options => test.OfInput(new("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>() }, options),
            Good = test.Load(test.Bytes(1, 2), test.Bytes(3, 4)),
        },
        ["a file that is not there"] = test => new(new(test.Load(test.Bytes(1, 2), new FileRow { Path = "nowhere.bin" })), "Column 'Path' names 'nowhere.bin' in row 1, which is not there")
        {
            Error = typeof(FileNotFoundException),
            Trainer = options => test.OfInput(new("Path", [2]) { Reader = TensorReader.Of<ByteFileReader>() }, options),
            Good = test.Load(test.Bytes(1, 2), test.Bytes(3, 4)),
        },
        ["a source that fails within an epoch"] = test => new(new(test.Rows())
        {
            OnRow = (pass, row) =>
            {
                if (pass == (test._isStreamed ? 2 : 0) && row == 10)
                    throw new FormatException("the disk is gone");
            },
        }, "the disk is gone")
        { Error = typeof(FormatException) },
        ["a streamed source that can be read only once"] = test => new(new(test.Rows()) { RowsOfPass = pass => pass == 0 ? Count : 0 }, "so the source can be read only once") { OnlyStreamed = true },
    };

    private readonly MLContext _ml = new(seed: 1);
    private bool _isStreamed;

    public static IEnumerable<object[]> Names() => Cases.Keys.SelectMany(name => new[] { new object[] { name, false }, [name, true] });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void ABadInputIsAnErrorAndTheSameTrainerTrainsAfterwards(string name, bool isStreamed)
    {
        _isStreamed = isStreamed;
        Case bad = Cases[name](this);
        if (bad.OnlyStreamed && !isStreamed)
            return;
        var options = new FuseTrainer.TrainingOptions { MaxEpochs = 2, BatchSize = 8, ModelDirectory = Path.Combine(Folder, "run"), StagingBytes = isStreamed ? 0 : null, ShuffleBufferRows = 6 };
        bad.Options(options);
        FuseTrainer trainer = bad.Trainer?.Invoke(options) ?? Learning.Classifier(_ml, options, bad.Network);
        byte[] before = RandomNumbers();
        Exception error = Assert.Throws<Exception>(() => Own(bad.Validation is null ? trainer.Fit(bad.Rows) : trainer.Fit(bad.Rows, bad.Validation)));
        Assert.AreEqual(bad.Error, error.GetType(), error.ToString());
        foreach (string text in bad.Says)
            Assert.Contains(text, error.Message);
        bad.Rows.AssertNothingIsLeft();
        CollectionAssert.AreEqual(before, RandomNumbers());
        Assert.IsEmpty(Directory.GetFiles(Folder, "*.tmp", SearchOption.AllDirectories));
        IDataView good = bad.Good ?? Rows();
        FuseTransformer model = Own(trainer.Fit(good));
        Assert.IsTrue(OnnxRun.Column(model.Transform(good), "Score").SelectMany(row => row).All(float.IsFinite));
    }

    [TestMethod]
    public void ThePageHasTheTable()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Library, "docs", "bad-data.md"));
        foreach (string name in Cases.Keys.Concat(OddDataTests.CaseNames))
            Assert.Contains($"| {name} |", page);
    }

    private static byte[] RandomNumbers()
    {
        using Tensor state = random.get_rng_state();
        return state.bytes.ToArray();
    }

    private IDataView Rows() => Samples.Keyed(_ml, Count);

    private IDataView Plain() => _ml.Data.LoadFromEnumerable(Samples.Blobs(Count));

    private IDataView Keyed(Action<Sample[]> change)
    {
        Sample[] rows = Samples.Blobs(Count);
        change(rows);
        return Samples.Keyed(_ml, rows);
    }

    private ProbeView Blobs(Action<Sample[]> change) => new(Keyed(change));

    private IDataView Load<T>(params T[] rows)
        where T : class => _ml.Data.LoadFromEnumerable(rows);

    private FuseTrainer OfInput(TensorColumn input, FuseTrainer.TrainingOptions options, int values = 2) =>
        _ml.Fuse().Train(Network.Of(() => nn.Sequential(nn.Flatten(), nn.Linear(values, 1))), input, "Target", options: options);

    private FuseTrainer OfImages(FuseTrainer.TrainingOptions options) => OfInput(new("Image", [3, 2, 2]) { Image = new() }, options, 12);

    private FuseTrainer OfColumns(FuseTrainer.TrainingOptions options) => _ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { ["data.input"] = new("Features"), ["data.id"] = new("Id"), ["data.label"] = new("Label"), ["data.whole"] = new("Target") { DType = ScalarType.Int32 } },
        Model = new ModelWrapSeqToDict { Model = Network.Of<TinyClassifier>(), Inputs = ["data.input"], Outputs = [BatchKeys.Logits] },
        Losses = { ["cls_loss"] = Loss.CrossEntropy() },
        Outputs = { ["Score"] = new(BatchKeys.Logits, "Label") },
        MaxEpochs = options.MaxEpochs,
        BatchSize = options.BatchSize,
        StagingBytes = options.StagingBytes,
    });

    private EncodedRow Encoded() => new() { Image = File.ReadAllBytes(Pictures.Write(Path.Combine(Folder, "picture.png"), 2, 2, SKColorType.Rgba8888, (x, y) => new SKColor((byte)(x * 90), (byte)(y * 50), 7))) };

    private FileRow Bytes(params byte[] values)
    {
        string path = Path.Combine(Folder, $"{string.Join('-', values)}.bin");
        File.WriteAllBytes(path, values);
        return new FileRow { Path = path };
    }

    private sealed record Case(ProbeView Rows, params string[] Says)
    {
        public Type Error { get; init; } = Says[0].StartsWith("Column 'Image'", StringComparison.Ordinal) ? typeof(InvalidDataException) : typeof(InvalidOperationException);

        public Action<FuseTrainer.TrainingOptions> Options { get; init; } = _ => { };

        public Func<FuseTrainer.TrainingOptions, FuseTrainer>? Trainer { get; init; }

        public Network? Network { get; init; }

        public IDataView? Validation { get; init; }

        public IDataView? Good { get; init; }

        public bool OnlyStreamed { get; init; }
    }

    private sealed class FixedRow
    {
        [VectorType(2)]
        public float[] Numbers { get; set; } = [1, 2];

        public float Target { get; set; }
    }

    private sealed class ManyKeys
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [1, 2];

        [KeyType(5_000_000_000)]
        public ulong Label { get; set; }
    }

    private sealed class EncodedRow
    {
        public byte[] Image { get; set; } = [];

        public float Target { get; set; }
    }

    private sealed class FileRow
    {
        public string Path { get; set; } = "";

        public float Target { get; set; }
    }
}
