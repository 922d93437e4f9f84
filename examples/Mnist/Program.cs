using Fuse.MLNet;
using Fuse.MLNet.Examples.Digits;
using Microsoft.ML;

return DigitsProgram.Run(args, "Trains LeNet on digits inside an ML.NET pipeline, evaluates it with ML.NET, and saves it as a .zip.", "mnist.zip",
    (ml, epochs, batchSize) => ml.Fuse().Train(
        network: Network.Of<LeNet>(),
        input: new TensorColumn("Pixels", [1, 28, 28]) { Mean = [0.1307f], StandardDeviation = [0.3081f] },
        labelColumnName: "Label",
        loss: Loss.CrossEntropy(),
        options: new() { MaxEpochs = epochs, BatchSize = batchSize }));
