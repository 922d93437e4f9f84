using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.ModelBuilder;

public partial class DigitModel
{
    /// <summary>Names the file that the model is trained on when no other is given.</summary>
    public const string RetrainFilePath = @"digits.csv";

    /// <summary>Separates the columns of that file.</summary>
    public const char RetrainSeparatorChar = ',';

    /// <summary>Says that the first line of that file names its columns.</summary>
    public const bool RetrainHasHeader = true;

    /// <summary>Says that no value of that file is quoted.</summary>
    public const bool RetrainAllowQuoting = false;

    /// <summary>Trains a new model on a file and saves it.</summary>
    /// <param name="outputModelPath">The path of the model file.</param>
    /// <param name="inputDataFilePath">The path of the file to train on.</param>
    /// <param name="separatorChar">What separates its columns.</param>
    /// <param name="hasHeader">Whether its first line names its columns.</param>
    /// <param name="allowQuoting">Whether its values may be quoted.</param>
    public static void Train(string outputModelPath, string inputDataFilePath = RetrainFilePath, char separatorChar = RetrainSeparatorChar, bool hasHeader = RetrainHasHeader, bool allowQuoting = RetrainAllowQuoting)
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = LoadIDataViewFromFile(mlContext, inputDataFilePath, separatorChar, hasHeader, allowQuoting);
        ITransformer model = RetrainModel(mlContext, data);
        SaveModel(mlContext, model, data, outputModelPath);
    }

    /// <summary>Opens a file of pictures and their digits.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="inputDataFilePath">The path of the file.</param>
    /// <param name="separatorChar">What separates its columns.</param>
    /// <param name="hasHeader">Whether its first line names its columns.</param>
    /// <param name="allowQuoting">Whether its values may be quoted.</param>
    public static IDataView LoadIDataViewFromFile(MLContext mlContext, string inputDataFilePath, char separatorChar, bool hasHeader, bool allowQuoting)
    {
        // With the file as a sample its header names the pixels, for CalculatePFI; LoadFromTextFile leaves them without names.
        var file = new MultiFileSource(inputDataFilePath);
        return mlContext.Data.CreateTextLoader<ModelInput>(separatorChar, hasHeader, file, allowQuoting).Load(file);
    }

    /// <summary>Saves a model.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The rows that it was trained on, whose columns the file names.</param>
    /// <param name="modelSavePath">The path of the model file.</param>
    public static void SaveModel(MLContext mlContext, ITransformer model, IDataView data, string modelSavePath) => mlContext.Model.Save(model, data.Schema, modelSavePath);

    /// <summary>Trains a new model.</summary>
    /// <param name="mlContext">The context.</param>
    /// <param name="trainData">The rows to train on.</param>
    public static ITransformer RetrainModel(MLContext mlContext, IDataView trainData) => BuildPipeline(mlContext).Fit(trainData);

    /// <summary>Builds the pipeline: labels to keys, columns to features, the network, keys to labels.</summary>
    /// <param name="mlContext">The context.</param>
    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext) =>
        mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: @"Label", inputColumnName: @"Label")
            .Append(mlContext.Transforms.Concatenate(@"Features", @"Pixels"))
            // Only this step differs from what Model Builder writes. Without a network of one's own it would be
            // mlContext.MulticlassClassification.Trainers.FuseNeuralNetwork(labelColumnName: @"Label", featureColumnName: @"Features").
            .Append(mlContext.Fuse().Train(
                network: Network.Of<SmallDigitNetwork>(),
                input: new TensorColumn(@"Features", [1, DigitFile.Side, DigitFile.Side]),
                labelColumnName: @"Label",
                options: new() { MaxEpochs = 12, BatchSize = 64, ValidationFraction = 0.1, Callbacks = { new ProgressBar() } }))
            .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: @"PredictedLabel", inputColumnName: @"PredictedLabel"));
}
