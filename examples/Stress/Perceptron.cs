namespace Fuse.MLNet.Examples.Stress;

/// <summary>Is a network of the user's own: one hidden layer with dropout.</summary>
public sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _layers;

    /// <summary>Makes the layers.</summary>
    /// <param name="width">The width of the hidden layer.</param>
    public Perceptron(int width = 8)
        : base(nameof(Perceptron))
    {
        // What a file says is not to be trusted: the class bounds itself.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 1 << 16);
        _layers = nn.Sequential(nn.Linear(Row.Width, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, 3));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => _layers.call(input);
}
