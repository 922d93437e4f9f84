using Fuse.MLNet.Examples.Digits;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Is a training whose time is measured with one process and with several, each of one thread.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Parameters">The number of its parameters.</param>
/// <param name="Rows">The rows of an epoch.</param>
/// <param name="Batch">The rows of a batch of one process.</param>
/// <param name="Epochs">The epochs of a run. The first half is not counted: in it the runtime compiles the busy methods again, on a processor that one process leaves free and two do not.</param>
/// <param name="Bar">The largest time of two processes over that of one.</param>
/// <param name="Make">Makes it.</param>
internal sealed record ScaledTraining(string Name, int Parameters, int Rows, int Batch, int Epochs, double Bar, Func<TrainingWork> Make)
{
    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<ScaledTraining> All { get; } =
    [
        new("LeNet, batch 64 each", 1_199_882, 1_536, 64, 6, 1 / 1.7, () => new(Network.Of<LeNet>(), [1, 28, 28], 10, 1_536, 64)),
        new("MLP 30-512-512-2, batch 128 each", 279_554, 20_480, 128, 20, 1 / 1.5, () => new(Network.Of<Perceptron>(30, 512, 2), [30], 2, 20_480, 128)),
    ];

    /// <summary>Gets the number of steps of an epoch.</summary>
    public int Steps(int processes) => (Rows + (Batch * processes) - 1) / (Batch * processes);

    public static ScaledTraining Get(string name) => All.Single(training => training.Name == name);
}
