namespace Fuse.MLNet;

/// <summary>Makes the layers of heads: linear layers over the channels, dimension 1, each but the last followed by ReLU and dropout.</summary>
/// <remarks>FuseMedML's ClassifierMLP and, in every place of a map or volume alike, its ClassifierFCN, whose 1x1 convolutions are the same function.</remarks>
/// <param name="Channels">The number of channels in.</param>
/// <param name="Hidden">The widths of the hidden layers.</param>
/// <param name="Outputs">The number of channels out; null ends with the last hidden layer.</param>
/// <param name="DropoutRate">The probability with which a hidden value is dropped in training.</param>
internal sealed record ChannelLayers(long Channels, ValueList<long> Hidden, long? Outputs, double DropoutRate)
{
    public nn.Module<Tensor, Tensor> Build()
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        long width = Channels;
        foreach (long hidden in Hidden)
        {
            layers.Add(SizedLayer.Linear(width, hidden));
            layers.Add(nn.ReLU());
            if (DropoutRate > 0)
                layers.Add(nn.Dropout(DropoutRate));
            width = hidden;
        }
        if (Outputs is { } outputs)
            layers.Add(SizedLayer.Linear(width, outputs));
        return nn.Sequential(layers);
    }

    /// <summary>Applies layers to <c>[N, C, ...]</c>.</summary>
    public static Tensor Apply(nn.Module<Tensor, Tensor> layers, Tensor input) =>
        input.dim() == 2 ? layers.call(input) : layers.call(input.movedim([1], [-1])).movedim([-1], [1]);
}
