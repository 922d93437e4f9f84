using Fuse.MLNet;
using Fuse.MLNet.Examples.Digits;
using Fuse.MLNet.Examples.MnistCustom;
using Microsoft.ML;

return DigitsProgram.Run(args, "Trains a module of one's own on digits inside an ML.NET pipeline, evaluates it with ML.NET, and saves it as a .zip.", "mnist-custom.zip",
    (ml, epochs, batchSize) => ml.Fuse().Train(new FuseTrainer.Options
    {
        Columns =
        {
            ["data.image"] = new("Pixels", [1, 28, 28]) { Mean = [0.1307f], StandardDeviation = [0.3081f] },
            ["data.label"] = new("Label"),
        },
        Module = LightningModule.Of<DigitsModule>(1e-3),
        Outputs = { ["Score"] = new("model.output.digit", labelColumnName: "Label") },
        MaxEpochs = epochs,
        BatchSize = batchSize,
    }));
