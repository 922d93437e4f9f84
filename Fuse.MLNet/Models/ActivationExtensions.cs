namespace Fuse.MLNet;

/// <summary>Computes activations.</summary>
internal static class ActivationExtensions
{
    public static Tensor Apply(this Activation activation, Tensor input) => activation switch
    {
        Activation.None => input,
        Activation.Softmax => nn.functional.softmax(input, 1),
        Activation.Sigmoid => input.sigmoid(),
        Activation.Exp => input.exp(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };
}
