using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Shows a network columns whose values have no plain form in the tensor's type.</summary>
[TestClass]
public sealed class ConversionTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Single")]
    [DataRow("Double")]
    public void NaNIsAMissingIndexAndCounts(string column)
    {
        var log = new LogRecorder(_ml);
        RecordingNetwork.Input input = Seen(column, ScalarType.Int64,
            new Row { Single = 2, Double = 2 }, new Row { Single = float.NaN, Double = double.NaN }, new Row { Single = -7, Double = -7 });
        Assert.AreEqual(ScalarType.Int64, input.DType);
        CollectionAssert.AreEqual(new double[] { 2, -100, -7 }, input.Values);
        Assert.Contains($"Warning: Column '{column}' has 1 missing keys; as class index they are -100", log.Text);
    }

    [TestMethod]
    public void NaNInAVectorIsAMissingIndexAndCounts()
    {
        var log = new LogRecorder(_ml);
        RecordingNetwork.Input input = Seen("Singles", ScalarType.Int64, new Row { Singles = [1, float.NaN] }, new Row { Singles = [float.NaN, 3] });
        CollectionAssert.AreEqual(new double[] { 1, -100, -100, 3 }, input.Values);
        Assert.Contains("Warning: Column 'Singles' has 2 missing keys", log.Text);
    }

    [TestMethod]
    [DataRow("Int32", 256, ScalarType.Byte, "Byte")]
    [DataRow("Int32", -1, ScalarType.Byte, "Byte")]
    [DataRow("Int32s", 256, ScalarType.Byte, "Byte")]
    [DataRow("Int64", 1L << 31, ScalarType.Int32, "Int32")]
    [DataRow("Double", 1e30, ScalarType.Int64, "Int64")]
    [DataRow("Single", float.PositiveInfinity, ScalarType.Int64, "Int64")]
    public void AValueThatDoesNotFitNamesColumnAndRow(string column, object value, ScalarType type, string typeName)
    {
        var row = new Row();
        switch (value)
        {
            case int whole:
                (row.Int32, row.Int32s) = (whole, [0, whole]);
                break;
            case long large:
                row.Int64 = large;
                break;
            case double real:
                row.Double = real;
                break;
            case float small:
                row.Single = small;
                break;
        }
        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Seen(column, type, new Row(), new Row(), row));
        Assert.Contains($"Column '{column}' holds {Convert.ToString(value, CultureInfo.InvariantCulture)} in row 2, which a tensor of type {typeName} cannot hold.", error.Message);
    }

    [TestMethod]
    [DataRow("Int32")]
    [DataRow("Int64")]
    [DataRow("Single")]
    [DataRow("Double")]
    [DataRow("Byte")]
    [DataRow("Int32s")]
    [DataRow("Singles")]
    public void NumbersAsBooleansAreWhetherTheyAreNotZero(string column)
    {
        float[] values = [0, 1, 2, 128];
        RecordingNetwork.Input input = Seen(column, ScalarType.Bool, [.. values.Select(value => new Row
        {
            Int32 = (int)value * 256,
            Int64 = (long)value << 40,
            Single = value / 256,
            Double = -value,
            Byte = (byte)value,
            Int32s = [-(int)value, 256],
            Singles = [value * 1e20f, 0.25f],
        })]);
        Assert.AreEqual(ScalarType.Bool, input.DType);
        double[] expected = column.EndsWith('s') ? [0, 1, 1, 1, 1, 1, 1, 1] : [0, 1, 1, 1];
        CollectionAssert.AreEqual(expected, input.Values);
    }

    [TestMethod]
    public void AKeyWithoutACountReportsWhatIsMissing()
    {
        var log = new LogRecorder(_ml);
        RecordingNetwork.Input input = Seen("Key", null, new Row { Key = 4 }, new Row { Key = uint.MaxValue }, new Row { Key = 0 });
        Assert.AreEqual(ScalarType.Int64, input.DType);
        CollectionAssert.AreEqual(new double[] { 4, -100, 0 }, input.Values);
        Assert.Contains("Warning: Column 'Key' has 1 missing keys", log.Text);
    }

    private RecordingNetwork.Input Seen(string column, ScalarType? type, params Row[] rows)
    {
        RecordingNetwork.Inputs.Clear();
        Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn(column) { DType = type }, "Target", Loss.MeanSquaredError(),
            new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0) }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        return RecordingNetwork.Inputs[0];
    }

    private sealed class Row
    {
        public float Target { get; set; }

        public float Single { get; set; }

        public double Double { get; set; }

        public byte Byte { get; set; }

        public int Int32 { get; set; }

        public long Int64 { get; set; }

        [KeyType(uint.MaxValue)]
        public uint Key { get; set; }

        [VectorType(2)]
        public int[] Int32s { get; set; } = [0, 0];

        [VectorType(2)]
        public float[] Singles { get; set; } = [0, 0];
    }
}
