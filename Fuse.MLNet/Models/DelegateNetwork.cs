namespace Fuse.MLNet;

/// <summary>Describes a network by a function that makes it; it cannot be saved.</summary>
internal sealed record DelegateNetwork(Func<nn.Module> Factory) : Network
{
    public override nn.Module Build() => Factory() ?? throw new InvalidOperationException("The function given to Network.Of returned null.");

    internal override string WhyNotSavable() =>
        "its network was made by a function, Network.Of(() => ...), which a file cannot hold. Put the network in a class that derives from " +
        "nn.Module<Tensor, Tensor> and name it instead: Network.Of<MyNetwork>(arguments)";
}
