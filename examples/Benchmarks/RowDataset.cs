using static TorchSharp.torch;

namespace Fuse.MLNet.Examples.Benchmarks;

/// <summary>Gives single rows to TorchSharp's DataLoader.</summary>
internal sealed class RowDataset(Tensor inputs, Tensor labels) : utils.data.Dataset
{
    /// <summary>Names the inputs in a batch.</summary>
    public const string Inputs = "inputs";

    /// <summary>Names the labels in a batch.</summary>
    public const string Labels = "labels";

    public override long Count => inputs.shape[0];

    public override Dictionary<string, Tensor> GetTensor(long index) => new() { [Inputs] = inputs[index], [Labels] = labels[index] };
}
