using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.ModelBuilder;

/// <summary>Is a model of digits in the shape that ML.NET Model Builder writes: callers cannot tell that its network is TorchSharp's.</summary>
/// <remarks>
/// This part uses the model. Classes, members and arguments are named as Model Builder names them, here and in the parts <c>training</c> and <c>evaluate</c>.
/// There is no <c>.mbconfig</c> file: with one, Model Builder would write its own trainer over the network.
/// </remarks>
public partial class DigitModel
{
    /// <summary>Holds what the model reads: a line of the CSV file.</summary>
    public class ModelInput
    {
        /// <summary>Gets or sets the digit, 0 to 9; not read when predicting.</summary>
        [LoadColumn(0)]
        [ColumnName(@"Label")]
        public float Label { get; set; }

        // Model Builder would write a property for each column. One vector says the same; its slots are named by the file's header.

        /// <summary>Gets or sets the picture, reduced to 7 x 7 pixels row by row, 0 for background and 1 for ink.</summary>
        [LoadColumn(1, DigitFile.PixelCount)]
        [VectorType(DigitFile.PixelCount)]
        [ColumnName(@"Pixels")]
        public float[] Pixels { get; set; } = [];
    }

    /// <summary>Holds what the model gives: every column that comes out of the pipeline.</summary>
    public class ModelOutput
    {
        /// <summary>Gets or sets the digit as a key: 1 for the first class.</summary>
        [ColumnName(@"Label")]
        public uint Label { get; set; }

        /// <summary>Gets or sets the picture.</summary>
        [ColumnName(@"Pixels")]
        public float[] Pixels { get; set; } = [];

        /// <summary>Gets or sets what the network reads.</summary>
        [ColumnName(@"Features")]
        public float[] Features { get; set; } = [];

        /// <summary>Gets or sets the digit that the picture is taken for.</summary>
        [ColumnName(@"PredictedLabel")]
        public float PredictedLabel { get; set; }

        /// <summary>Gets or sets the probability of each class.</summary>
        [ColumnName(@"Score")]
        public float[] Score { get; set; } = [];
    }

    private static readonly string MLNetModelPath = Path.GetFullPath("DigitModel.mlnet");

    /// <summary>Loads the model, DigitModel.mlnet in the current folder, when it is used first.</summary>
    public static readonly Lazy<PredictionEngine<ModelInput, ModelOutput>> PredictEngine = new(() => CreatePredictEngine(), true);

    private static PredictionEngine<ModelInput, ModelOutput> CreatePredictEngine()
    {
        var mlContext = new MLContext();
        ITransformer mlModel = mlContext.Model.Load(MLNetModelPath, out _);
        return mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(mlModel);
    }

    /// <summary>Predicts a probability for every digit.</summary>
    /// <param name="input">The picture.</param>
    /// <returns>Digits and probabilities, the most probable first.</returns>
    public static IOrderedEnumerable<KeyValuePair<string, float>> PredictAllLabels(ModelInput input) => GetSortedScoresWithLabels(PredictEngine.Value.Predict(input));

    /// <summary>Names the probabilities of a prediction by their digits.</summary>
    /// <param name="result">The prediction.</param>
    /// <returns>Digits and probabilities, the most probable first.</returns>
    public static IOrderedEnumerable<KeyValuePair<string, float>> GetSortedScoresWithLabels(ModelOutput result) =>
        GetLabels(result).Zip(result.Score, KeyValuePair.Create).OrderByDescending(pair => pair.Value);

    private static IEnumerable<string> GetLabels(ModelOutput result)
    {
        DataViewSchema.Column labelColumn = PredictEngine.Value.OutputSchema.GetColumnOrNull("Label")
            ?? throw new InvalidOperationException("The model gives no column Label.");
        VBuffer<float> keyNames = default;
        labelColumn.GetKeyValues(ref keyNames);
        return keyNames.DenseValues().Select(name => name.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Predicts the digit of a picture.</summary>
    /// <param name="input">The picture.</param>
    public static ModelOutput Predict(ModelInput input) => PredictEngine.Value.Predict(input);
}
