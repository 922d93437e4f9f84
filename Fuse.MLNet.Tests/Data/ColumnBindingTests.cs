using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

/// <summary>Shows a network that records its input one column after another.</summary>
[TestClass]
public sealed class ColumnBindingTests : LeakCheckedTest
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("Single", ScalarType.Float32, new[] { 1.5, -2 })]
    [DataRow("Double", ScalarType.Float32, new[] { 2.5, -3 })]
    [DataRow("Byte", ScalarType.Float32, new[] { 4.0, 255 })]
    [DataRow("Boolean", ScalarType.Float32, new[] { 1.0, 0 })]
    [DataRow("SByte", ScalarType.Int64, new[] { 3.0, -128 })]
    [DataRow("Int16", ScalarType.Int64, new[] { 5.0, -32768 })]
    [DataRow("UInt16", ScalarType.Int64, new[] { 6.0, 65535 })]
    [DataRow("Int32", ScalarType.Int64, new[] { 7.0, -2147483648 })]
    [DataRow("UInt32", ScalarType.Int64, new[] { 8.0, 4294967295 })]
    [DataRow("Int64", ScalarType.Int64, new[] { 9.0, -1099511627776 })]
    [DataRow("UInt64", ScalarType.Int64, new[] { 10.0, 1099511627776 })]
    [DataRow("ByteKey", ScalarType.Int64, new[] { 0.0, 4 })]
    [DataRow("Key", ScalarType.Int64, new[] { 2.0, -100 })]
    [DataRow("UInt64Key", ScalarType.Int64, new[] { 3.0, 1 })]
    public void AScalarBecomesATensorOfOneValueARow(string column, ScalarType type, double[] values) =>
        Check(new TensorColumn(column), type, [2], values);

    [TestMethod]
    [DataRow("Singles", ScalarType.Float32, new[] { 1.5, 2, 3, 4, -1, -2, -3, -4 })]
    [DataRow("Doubles", ScalarType.Float32, new[] { 0.5, 2, 3, 4, 1, 2, 3, 4 })]
    [DataRow("Bytes", ScalarType.Float32, new[] { 0.0, 1, 2, 255, 4, 5, 6, 7 })]
    [DataRow("Booleans", ScalarType.Float32, new[] { 1.0, 0, 0, 1, 0, 0, 0, 0 })]
    [DataRow("Int16s", ScalarType.Int64, new[] { 1.0, -2, 3, -4, 5, 6, 7, 8 })]
    [DataRow("Int32s", ScalarType.Int64, new[] { 1.0, 2, 3, 4, 5, 6, 7, -8 })]
    [DataRow("Int64s", ScalarType.Int64, new[] { 1.0, 2, 3, 1099511627776, 5, 6, 7, 8 })]
    [DataRow("Keys", ScalarType.Int64, new[] { 0.0, 1, 2, 4, -100, 4, 4, 4 })]
    [DataRow("Sparse", ScalarType.Float32, new[] { 0.0, 1.5, 0, 2.5, 1, 2, 3, 4 })]
    [DataRow("SparseKeys", ScalarType.Int64, new[] { -100.0, -100, 4, -100, 0, 1, 2, 3 })]
    public void AVectorBecomesATensorOfItsValuesARow(string column, ScalarType type, double[] values) =>
        Check(new TensorColumn(column), type, [2, 4], values);

    [TestMethod]
    public void AShapeIsTheVectorTypesOwnOrTheOneGiven()
    {
        double[] values = [1, 2, 3, 4, 5, 6, 7, 8];
        Check(new TensorColumn("Matrix"), ScalarType.Float32, [2, 2, 2], values);
        Check(new TensorColumn("Matrix", [1, 4, 1]), ScalarType.Float32, [2, 1, 4, 1], values);
        Check(new TensorColumn("Single", [1, 1]), ScalarType.Float32, [2, 1, 1], [1.5, -2]);
    }

    [TestMethod]
    [DataRow("Bytes", ScalarType.Byte, new[] { 0.0, 1, 2, 255, 4, 5, 6, 7 })]
    [DataRow("Bytes", ScalarType.Int64, new[] { 0.0, 1, 2, 255, 4, 5, 6, 7 })]
    [DataRow("Int32s", ScalarType.Int32, new[] { 1.0, 2, 3, 4, 5, 6, 7, -8 })]
    [DataRow("Int32s", ScalarType.Float32, new[] { 1.0, 2, 3, 4, 5, 6, 7, -8 })]
    [DataRow("Doubles", ScalarType.Float64, new[] { 0.5, 2, 3, 4, 1, 2, 3, 4 })]
    [DataRow("Booleans", ScalarType.Bool, new[] { 1.0, 0, 0, 1, 0, 0, 0, 0 })]
    [DataRow("Keys", ScalarType.Float32, new[] { 0.0, 1, 2, 4, -100, 4, 4, 4 })]
    public void ATypeThatIsAskedForWins(string column, ScalarType type, double[] values) =>
        Check(new TensorColumn(column) { DType = type }, type, [2, 4], values);

    [TestMethod]
    public void MeanAndDeviationGoByChannelAndIntegersBecomeFloats()
    {
        Check(new TensorColumn("Matrix") { Mean = [1, 2], StandardDeviation = [2, 4] }, ScalarType.Float32, [2, 2, 2], [0, 0.5, 0.25, 0.5, 2, 2.5, 1.25, 1.5]);
        Check(new TensorColumn("Matrix") { Mean = [1] }, ScalarType.Float32, [2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]);
        Check(new TensorColumn("Int32s") { StandardDeviation = [2] }, ScalarType.Float32, [2, 4], [0.5, 1, 1.5, 2, 2.5, 3, 3.5, -4]);
    }

    [TestMethod]
    public void StandardizeMeasuresEachChannelOfTheTrainingRows()
    {
        // Channel 0 holds 1, 2, 5, 6: mean 3.5, deviation sqrt(17/4). Channel 1 holds 3, 4, 7, 8: mean 5.5, the same deviation.
        double s = Math.Sqrt(17.0 / 4);
        Check(new TensorColumn("Matrix") { Standardize = true }, ScalarType.Float32, [2, 2, 2],
            [-2.5 / s, -1.5 / s, -2.5 / s, -1.5 / s, 1.5 / s, 2.5 / s, 1.5 / s, 2.5 / s]);
        // A channel that never varies is only shifted.
        Check(new TensorColumn("Target") { Standardize = true }, ScalarType.Float32, [2], [0, 0]);
    }

    [TestMethod]
    public void StandardizeLeavesValidationRowsOutAndScoringRepeatsIt()
    {
        Sample[] rows = [.. Enumerable.Range(0, 8).Select(i => new Sample { Id = i == 7 ? 1000 : i % 2, IsValidation = i == 7 })];
        RecordingNetwork.Inputs.Clear();
        FuseTransformer transformer = Own(_ml.Fuse().Train(Network.Of<RecordingNetwork>(), new TensorColumn("Id") { Standardize = true }, "Target",
            options: new() { MaxEpochs = 1, ValidationColumnName = "IsValidation" }).Fit(_ml.Data.LoadFromEnumerable(rows)));
        RecordingNetwork.Inputs.Clear();
        _ = transformer.Transform(_ml.Data.LoadFromEnumerable(rows.Take(1))).GetColumn<float>("Score").ToArray();
        // Seven training rows: 0, 1, 0, 1, 0, 1, 0.
        Assert.AreEqual(-(3 / 7.0) / Math.Sqrt(3 / 7.0 * 4 / 7), RecordingNetwork.Inputs.Single().Values.Single(), 1e-6);
    }

    private void Check(TensorColumn column, ScalarType type, long[] shape, double[] values)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(Rows());
        RecordingNetwork.Inputs.Clear();
        using FuseTransformer transformer = _ml.Fuse().Train(Network.Of<RecordingNetwork>(), column, "Target",
            Loss.MeanSquaredError(), new() { MaxEpochs = 1, Optimizer = Optimizers.SGD(0) }).Fit(view);
        AreEqual(RecordingNetwork.Inputs[0]);
        RecordingNetwork.Inputs.Clear();
        float[] scores = [.. transformer.Transform(view).GetColumn<float>("Score")];
        Assert.AreEqual(values.Sum(), scores.Sum(value => (double)value), Math.Abs(values.Sum()) * 1e-6 + 1e-5);
        Assert.AreEqual(type, RecordingNetwork.Inputs[0].DType);

        void AreEqual(RecordingNetwork.Input input)
        {
            Assert.AreEqual(type, input.DType);
            CollectionAssert.AreEqual(shape, input.Shape);
            for (int i = 0; i < values.Length; i++)
                Assert.AreEqual(values[i], input.Values[i], 1e-6, $"value {i}");
        }
    }

    private static TypedRow[] Rows() =>
    [
        new()
        {
            Single = 1.5f, Double = 2.5, SByte = 3, Byte = 4, Int16 = 5, UInt16 = 6, Int32 = 7, UInt32 = 8, Int64 = 9, UInt64 = 10, Boolean = true,
            ByteKey = 0, Key = 2, UInt64Key = 3,
            Singles = [1.5f, 2, 3, 4], Doubles = [0.5, 2, 3, 4], Bytes = [0, 1, 2, 255], Booleans = [true, false, false, true],
            Int16s = [1, -2, 3, -4], Int32s = [1, 2, 3, 4], Int64s = [1, 2, 3, 1L << 40], Keys = [1, 2, 3, 5], Matrix = [1, 2, 3, 4],
            Sparse = new(4, 2, [1.5f, 2.5f], [1, 3]), SparseKeys = new(4, 1, [5u], [2]),
        },
        new()
        {
            Single = -2, Double = -3, SByte = -128, Byte = 255, Int16 = -32768, UInt16 = 65535, Int32 = int.MinValue, UInt32 = uint.MaxValue,
            Int64 = -(1L << 40), UInt64 = 1UL << 40, ByteKey = 4, Key = 5, UInt64Key = 1,
            Singles = [-1, -2, -3, -4], Doubles = [1, 2, 3, 4], Bytes = [4, 5, 6, 7], Booleans = [false, false, false, false],
            Int16s = [5, 6, 7, 8], Int32s = [5, 6, 7, -8], Int64s = [5, 6, 7, 8], Keys = [0, 5, 5, 5], Matrix = [5, 6, 7, 8],
            Sparse = new(4, [1f, 2, 3, 4]), SparseKeys = new(4, [1u, 2, 3, 4]),
        },
    ];
}
