using Microsoft.ML;

namespace Fuse.MLNet.Tests;

/// <summary>Runs a training of one step an epoch, whose validation loss is a given sequence and whose training loss is 0.</summary>
internal static class SequenceRun
{
    public static FuseTransformer Fit(double[] sequence, FuseTrainer.TrainingOptions options, MLContext? ml = null)
    {
        ml ??= new MLContext(seed: 1);
        if (options.MaxEpochs == new TrainerOptions().MaxEpochs)
            options.MaxEpochs = sequence.Length;
        options.BatchSize = 16;
        IDataView rows = Samples.Keyed(ml, 12);
        return ml.Fuse().Train(Network.Of<TinyClassifier>(), new TensorColumn("Features"), loss: new SequenceLoss(sequence), options: options).Fit(rows, rows);
    }
}
