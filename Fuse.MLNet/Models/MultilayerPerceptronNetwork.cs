namespace Fuse.MLNet;

/// <summary>Describes a multilayer perceptron over feature vectors: linear layers with layer normalization, ReLU and dropout between them.</summary>
internal sealed record MultilayerPerceptronNetwork : Network
{
    /// <summary>Gets the number of features; 0 takes it from the data.</summary>
    public long InputSize { get; init; }

    /// <summary>Gets the widths of the hidden layers.</summary>
    public ValueList<long> HiddenSizes { get; init => field = ModelOption.Sizes(value); } = [64, 64];

    /// <summary>Gets the number of outputs; 0 takes it from the label.</summary>
    public long OutputSize { get; init; }

    /// <summary>Gets the dropout probability behind each hidden layer.</summary>
    public double DropoutRate { get; init; } = 0.1;

    public override nn.Module Build()
    {
        var layers = new List<nn.Module<Tensor, Tensor>> { nn.Flatten() };
        long width = InputSize;
        foreach (long hidden in HiddenSizes)
        {
            layers.Add(SizedLayer.Linear(width, hidden));
            layers.Add(SizedLayer.LayerNorm(hidden));
            layers.Add(nn.ReLU());
            if (DropoutRate > 0)
                layers.Add(nn.Dropout(DropoutRate));
            width = hidden;
        }
        layers.Add(SizedLayer.Linear(width, OutputSize));
        return nn.Sequential(layers);
    }

    internal override Network Infer(long inputSize, long outputSize) => this with
    {
        InputSize = InputSize == 0 ? inputSize : InputSize,
        OutputSize = OutputSize == 0 ? outputSize : OutputSize,
    };
}
