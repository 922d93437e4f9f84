using Microsoft.ML;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Trains the models whose files are mutated.</summary>
internal static class Samples
{
    private const string Input = "data.input";
    private const string Label = "data.label";
    private static readonly Head1D Classes = new() { HeadName = "cls", NumOutputs = 3, Layers = [4] };

    /// <summary>Makes a file of each kind.</summary>
    public static IReadOnlyList<SampleFile> All(int seed)
    {
        var ml = new MLContext(seed);
        IDataView rows = Row.View(ml, 24, seed);
        var files = new List<SampleFile>();
        void Add(string name, IEstimator<ITransformer> trainer)
        {
            ITransformer model = trainer.Fit(rows);
            files.Add(SampleFile.Of(name, ml, model, rows));
            (model as IDisposable)?.Dispose();
        }
        Add("user's network", ml.Fuse().Train(Network.Of<Perceptron>(8), new TensorColumn(nameof(Row.Features)), nameof(Row.Label), Loss.CrossEntropy(), new() { MaxEpochs = 2, BatchSize = 8, ValidationFraction = 0.3 })
            .Append(ml.Transforms.CopyColumns("Copy", "Score")));
        Add("table", ml.MulticlassClassification.Trainers.FuseNeuralNetwork(nameof(Row.Label), nameof(Row.Features), maxEpochs: 1));
        Add("perceptron", Headed(ml, new BackboneMultilayerPerceptron { MlpInputSize = Row.Width, Layers = [8, 6], DropoutRate = 0.1 }, [],
            [Classes, Classes with { HeadName = "order", Mode = HeadMode.Ordinal, TabularInputs = [Input], TabularLayers = [3] }]));
        Add("vision transformer", Headed(ml, new BackboneViT { ImageShape = [4, 4], PatchShape = [2, 2], Channels = 1, TokenDim = 8, Depth = 2, Heads = 2, MlpDim = 8, DimHead = 4, Pool = TokenPooling.Cls }, [1, 4, 4], [Classes]));
        Add("U-Net", Headed(ml, new BackboneUnet { InChannels = 1, FirstChannelDim = 4, Levels = 2, ActivationLayer = ActivationLayer.PReLU }, [1, 4, 4], [new HeadGlobalPoolingClassifier { HeadName = "cls", NumClasses = 3 }]));
        Add("text", Headed(ml, new BackboneTextEncoder { NumTokens = 4, MaxSeqLen = Row.Width, EmbDim = 8, Depth = 1, Heads = 2, DimHead = 4 }, [], [Classes]));
        Add("loss", ml.Fuse().Losses.CrossEntropy(scoreColumnName: nameof(Row.Features), scoreKind: ScoreKind.Logit));
        return files;
    }

    private static FuseTrainer Headed(MLContext ml, Network backbone, long[] shape, Head[] heads) => ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns = { [Input] = new(nameof(Row.Features), shape), [Label] = new(nameof(Row.Label)) },
        Model = new ModelMultiHead { Inputs = [Input], Backbone = backbone, Heads = heads },
        Losses = { ["cls"] = new LossCrossEntropy { Pred = "model.logits.cls", Target = Label } },
        Outputs = { ["Score"] = new("model.output.cls", labelColumnName: nameof(Row.Label)) },
        MaxEpochs = 1,
        BatchSize = 8,
    });
}
