using System.Globalization;
using System.Reflection;
using Fuse.MLNet.Examples.Digits;
using Fuse.MLNet.Examples.ModelBuilder;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Tests;

[TestClass]
public sealed class DigitModelTests : LeakCheckedTest
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What Model Builder writes for a classification of a CSV file, as projects that it made show.
    [TestMethod]
    [DataRow("const String RetrainFilePath = digits.csv")]
    [DataRow("const Char RetrainSeparatorChar = ,")]
    [DataRow("const Boolean RetrainHasHeader = True")]
    [DataRow("const Boolean RetrainAllowQuoting = False")]
    [DataRow("Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine")]
    [DataRow("Void Train(String outputModelPath, String inputDataFilePath = digits.csv, Char separatorChar = ,, Boolean hasHeader = True, Boolean allowQuoting = False)")]
    [DataRow("IDataView LoadIDataViewFromFile(MLContext mlContext, String inputDataFilePath, Char separatorChar, Boolean hasHeader, Boolean allowQuoting)")]
    [DataRow("Void SaveModel(MLContext mlContext, ITransformer model, IDataView data, String modelSavePath)")]
    [DataRow("ITransformer RetrainModel(MLContext mlContext, IDataView trainData)")]
    [DataRow("IEstimator<ITransformer> BuildPipeline(MLContext mlContext)")]
    [DataRow("ModelOutput Predict(ModelInput input)")]
    [DataRow("IOrderedEnumerable<KeyValuePair<String, Single>> PredictAllLabels(ModelInput input)")]
    [DataRow("IOrderedEnumerable<KeyValuePair<String, Single>> GetSortedScoresWithLabels(ModelOutput result)")]
    [DataRow("private IEnumerable<String> GetLabels(ModelOutput result)")]
    [DataRow("private PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()")]
    [DataRow("private String MLNetModelPath")]
    [DataRow("List<Tuple<String, Double>> CalculatePFI(MLContext mlContext, IDataView trainData, ITransformer model, String labelColumnName)")]
    public void TheClassHasTheMembersThatModelBuilderWrites(string member)
    {
        string[] members =
        [
            .. typeof(DigitModel).GetFields(Members).Select(Signature),
            .. typeof(DigitModel).GetMethods(Members).Select(Signature),
        ];
        Assert.Contains(member, members, string.Join('\n', members));
    }

    [TestMethod]
    public void TheOutputListsEveryColumnOfTheModel()
    {
        var ml = new MLContext(seed: 1);
        IDataView scored = Own(DigitModel.RetrainModel(ml, Rows(ml, count: 40, seed: 1))).Transform(Rows(ml, count: 10, seed: 2));
        var columns = scored.Schema.Where(column => !column.IsHidden).ToDictionary(column => column.Name, column => TypeOf(column.Type));
        var properties = typeof(DigitModel.ModelOutput).GetProperties().ToDictionary(property => property.Name, property => property.PropertyType);
        CollectionAssert.AreEquivalent(columns, properties);
    }

    [TestMethod]
    public void AModelTrainedOnAFileIsUsedAsModelBuilderUsesIt()
    {
        string csv = Path.Combine(Folder, "digits.csv");
        string file = Path.Combine(Folder, "DigitModel.mlnet");
        DigitFile.Write(csv, DigitRenderer.Generate(400, seed: 1));
        DigitModel.Train(file, csv);

        var ml = new MLContext(seed: 1);
        ITransformer model = Own(ml.Model.Load(file, out _));
        IDataView unseen = Rows(ml, count: 100, seed: 2);
        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(unseen));
        Assert.IsGreaterThan(0.4, metrics.MicroAccuracy);
        using var engine = ml.Model.CreatePredictionEngine<DigitModel.ModelInput, DigitModel.ModelOutput>(model, new PredictionEngineOptions { OwnsTransformer = false });
        DigitModel.ModelOutput[] outputs = [.. ml.Data.CreateEnumerable<DigitModel.ModelInput>(unseen, reuseRowObject: false).Select(engine.Predict)];
        Assert.AreEqual(metrics.MicroAccuracy, outputs.Zip(unseen.GetColumn<float>("Label"), (output, label) => output.PredictedLabel == label ? 1.0 : 0.0).Average(), 1e-9);

        List<Tuple<string, double>> importance = DigitModel.CalculatePFI(ml, ml.Data.TakeRows(unseen, 20), model, "Label");
        CollectionAssert.AreEquivalent(Enumerable.Range(0, DigitFile.PixelCount).Select(DigitFile.Name).ToArray(), importance.Select(feature => feature.Item1).ToArray());
        CollectionAssert.AreEqual(importance.Select(feature => feature.Item2).OrderDescending().ToArray(), importance.Select(feature => feature.Item2).ToArray());
        Assert.IsGreaterThan(0, importance[0].Item2);
    }

    [TestMethod]
    public void APixelOfTheFileIsTheMeanInkOfItsSquare()
    {
        float[] pixels = new float[Digit.PixelCount];
        // The square in the second row and the last column, half of it inked.
        for (int y = 4; y < 8; y++)
            (pixels[(y * 28) + 24], pixels[(y * 28) + 27]) = (1, 1);
        string csv = Path.Combine(Folder, "digits.csv");
        DigitFile.Write(csv, [new Digit { Label = 3, Pixels = pixels }]);
        string[] lines = File.ReadAllLines(csv);
        string[] values = lines[1].Split(',');
        Assert.AreEqual("3", values[0]);
        Assert.AreEqual("0.5", values[Array.IndexOf(lines[0].Split(','), "r1c6")]);
        Assert.AreEqual(0.5, values[1..].Sum(value => double.Parse(value, CultureInfo.InvariantCulture)));
    }

    private IDataView Rows(MLContext ml, int count, int seed)
    {
        string csv = Path.Combine(Folder, $"{seed}.csv");
        DigitFile.Write(csv, DigitRenderer.Generate(count, seed));
        return DigitModel.LoadIDataViewFromFile(ml, csv, DigitModel.RetrainSeparatorChar, DigitModel.RetrainHasHeader, DigitModel.RetrainAllowQuoting);
    }

    private static Type TypeOf(DataViewType type) => type is VectorDataViewType vector ? vector.ItemType.RawType.MakeArrayType() : type.RawType;

    private static string Signature(FieldInfo field) =>
        $"{(field.IsPrivate ? "private " : "")}{(field.IsLiteral ? "const " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";

    private static string Signature(MethodInfo method) =>
        $"{(method.IsPrivate ? "private " : "")}{Name(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(Signature))})";

    private static string Signature(ParameterInfo parameter) =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue}" : "")}";

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
