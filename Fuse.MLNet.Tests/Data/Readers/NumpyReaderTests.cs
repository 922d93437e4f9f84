using System.Text;
using System.Text.Json;
using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Reads files that numpy wrote, and files that lie about what they hold.</summary>
[TestClass]
public sealed class NumpyReaderTests : LeakCheckedTest
{
    private const string Plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    private readonly MLContext _ml = new(seed: 1);

    private static readonly NumpyCase[] Cases = Read();

    public static IEnumerable<object[]> Shapes => Cases.Select(file => ValueList.Create<long>(file.Shape)).Distinct().Select(shape => new object[] { shape.ToString() });

    [TestMethod]
    [DynamicData(nameof(Shapes))]
    public void EveryTypeOrderAndVersionGivesNumpysValues(string shape)
    {
        NumpyCase[] files = [.. Cases.Where(file => ValueList.Create<long>(file.Shape).ToString() == shape)];
        FileRow[] rows = [.. files.Select((file, i) => new FileRow { Path = Write($"{i}.npy", Convert.FromBase64String(file.File)) })];
        InputKeeper.Inputs.Clear();
        Own(_ml.Fuse().Train(Network.Of<InputKeeper>(), new("Path", files[0].Shape) { Reader = new NumpyReader(), DType = ScalarType.Float64 }, "Target", Loss.MeanSquaredError(),
            new() { MaxEpochs = 1, BatchSize = rows.Length }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        (long[] kept, double[] values) = InputKeeper.Inputs[0];
        CollectionAssert.AreEqual((long[])[rows.Length, .. files[0].Shape], kept);
        for (int i = 0, start = 0; i < files.Length; start += files[i++].Values.Length)
            CollectionAssert.AreEqual(files[i].Values, values[start..(start + files[i].Values.Length)], files[i].Name);
    }

    [TestMethod]
    [DataRow("nothing", "", 0, "does not begin as numpy.save does")]
    [DataRow("header cut in its length", "\u0093NUMPY\u0001", 0, "does not begin as numpy.save does")]
    [DataRow("text", "1.5 2.5 3.5 4.5 5.5", 0, "does not begin as numpy.save does")]
    [DataRow("archive", "PK\u0003\u0004 and more", 0, "it is an archive, as numpy.savez writes")]
    [DataRow("version 4", "\u0093NUMPY\u0004\0\u0002\0{}", 0, "it has the format version 4.0")]
    [DataRow("version 0", "\u0093NUMPY\0\0\u0002\0{}", 0, "it has the format version 0.0")]
    [DataRow("header behind the end", "\u0093NUMPY\u0001\0\u00ff\0{}", 0, "its header claims 255 bytes where 2 follow")]
    [DataRow("header of 4 GB", "\u0093NUMPY\u0002\0\u00ff\u00ff\u00ff\u00ff{}", 0, "its header claims 4294967295 bytes where 2 follow")]
    [DataRow("length cut", "\u0093NUMPY\u0002\0\u00ff\u00ff\u00ff", 0, "its header claims")]
    public void WhatIsNoSuchFileIsNamed(string what, string text, int dataBytes, string expected) =>
        CheckRefused(what, [.. Encoding.Latin1.GetBytes(text), .. new byte[dataBytes]], expected);

    [TestMethod]
    [DataRow("{}", 8, "not that of a plain array of numbers: {}")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, }", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'descr': '<f4', 'shape': (2,), }", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'fortran_order': 1, 'shape': (2,), }", 8, "not that of a plain array")]
    [DataRow("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': 2, }", 8, "not that of a plain array")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } __import__('os')", 8, "not that of a plain array")]
    [DataRow("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", 8, "its numbers, >f4, are big-endian")]
    [DataRow("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", 8, "its values, <u8, have no tensor form")]
    [DataRow("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 8, "its values, |O, have no tensor form")]
    [DataRow("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, "its values, <c8, have no tensor form")]
    [DataRow("{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }", 8, "its values, <U2, have no tensor form")]
    [DataRow(Plain, 7, "7 bytes of data follow its header, which do not fit <f4 of shape (2,)")]
    [DataRow(Plain, 9, "9 bytes of data follow its header, where 8 are needed")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 8, "where 4 are needed")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }", 8, "do not fit <f4 of shape (2, 0)")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }", 8, "do not fit")]
    [DataRow("{'descr': '<f4', 'fortran_order': True, 'shape': (9223372036854775807, 9223372036854775807, 9223372036854775807), }", 8, "do not fit")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387906, 4611686018427387904), }", 8, "do not fit")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551618,), }", 8, "do not fit")]
    public void ALyingHeaderIsNamed(string header, int dataBytes, string expected) => CheckRefused(header, File(header, dataBytes), expected);

    [TestMethod]
    [DataRow(" ")]
    [DataRow("(")]
    [DataRow("1,")]
    [DataRow("'")]
    public void ALongHeaderTakesNoTimeAndNoMemory(string part)
    {
        CheckRefused(part, File("{'shape': (" + string.Concat(Enumerable.Repeat(part, 9000 / part.Length)), 8), "not that of a plain array");
        CheckRefused(part, File("{'shape': (" + string.Concat(Enumerable.Repeat(part, 20000 / part.Length)), 8), "at most 10000 are read");
    }

    [TestMethod]
    public void DamagedBytesAreReadOrNamed()
    {
        byte[] whole = Convert.FromBase64String(Cases[8].File);
        TensorFileReader reader = new NumpyReader().Build();
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 400; i++)
        {
            byte[] bytes = i % 4 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int flip = 0; flip < i % 4; flip++)
                bytes[random.Next(Math.Min(80, bytes.Length))] ^= (byte)(1 << random.Next(8));
            string path = Write("damaged.npy", bytes);
            using var scope = NewDisposeScope();
            try
            {
                Assert.IsLessThanOrEqualTo(whole.Length, reader.Read(path).numel());
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.IsGreaterThan(250, refused);
    }

    [TestMethod]
    public void KeysMayStandInAnyOrderAndQuotes()
    {
        string path = Write("other.npy", [.. File("{ \"shape\":(1, 2) ,\"descr\":\"<f4\",\"fortran_order\":True}", 0), 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
        using var scope = NewDisposeScope();
        Assert.IsTrue(new NumpyReader().Build().Read(path).SameAs(tensor(new[] { 1f, -2 }).reshape(1, 2)));
    }

    private void CheckRefused(string what, byte[] bytes, string expected)
    {
        string good = Write("good.npy", [.. File(Plain, 8)]), path = Write("bad.npy", bytes);
        IDataView view = _ml.Data.LoadFromEnumerable(new[] { new FileRow { Path = good }, new FileRow { Path = path } });
        FuseTrainer trainer = _ml.Fuse().Train(Network.Of<TinyClassifier>(2, 1), new("Path", [2]) { Reader = new NumpyReader() }, "Target");
        InvalidDataException error = Assert.ThrowsExactly<InvalidDataException>(() => trainer.Fit(view), what);
        Assert.Contains(expected, error.Message);
        Assert.Contains($"Column 'Path', row 1: the file '{path}' could not be read by NumpyFileReader: as a .npy file it is not valid: ", error.Message);
        TensorFileReader reader = new NumpyReader().Build();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => reader.Read(path));
        Assert.IsLessThan(1 << 17, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Writes the format by hand: magic, version 1.0, length, text, data.</summary>
    private static byte[] File(string header, int dataBytes) =>
        [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.Latin1.GetBytes(header), .. new byte[dataBytes]];

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    private static NumpyCase[] Read()
    {
        using Stream stream = typeof(NumpyReaderTests).Assembly.GetManifestResourceStream("Fuse.MLNet.Tests.Data.Readers.Data.numpy.json")!;
        return JsonSerializer.Deserialize<NumpyCase[]>(stream, JsonSerializerOptions.Web)!;
    }

    private sealed record NumpyCase(string Name, long[] Shape, string File, double[] Values);

    /// <summary>Keeps its inputs, on which its output does not depend.</summary>
    public sealed class InputKeeper : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _value = nn.Parameter(zeros(1, 1));

        public InputKeeper()
            : base(nameof(InputKeeper)) => RegisterComponents();

        public static List<(long[] Shape, double[] Values)> Inputs { get; } = [];

        public override Tensor forward(Tensor input)
        {
            Inputs.Add((input.shape, input.data<double>().ToArray()));
            return _value.expand(input.shape[0], 1);
        }
    }
}
