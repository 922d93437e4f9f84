namespace Fuse.MLNet;

/// <summary>Makes activation layers.</summary>
internal static class ActivationLayerExtensions
{
    /// <summary>Makes a new module behind a layer of so many channels, dimension 1.</summary>
    public static nn.Module<Tensor, Tensor> Create(this ActivationLayer activation, long channels) => activation switch
    {
        ActivationLayer.ReLU => nn.ReLU(),
        ActivationLayer.PReLU => SizedLayer.PReLU(channels),
        ActivationLayer.ELU => nn.ELU(),
        ActivationLayer.GELU => nn.GELU(),
        ActivationLayer.SiLU => nn.SiLU(),
        ActivationLayer.LeakyReLU => nn.LeakyReLU(0.01),
        ActivationLayer.Tanh => nn.Tanh(),
        ActivationLayer.None => nn.Identity(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
    };
}
