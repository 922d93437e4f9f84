using System.Runtime.CompilerServices;

namespace Fuse.MLNet;

/// <summary>Describes a network by a function that makes it; it cannot be saved.</summary>
internal sealed record DelegateNetwork(Func<nn.Module> Factory) : Network
{
    private static readonly ConditionalWeakTable<nn.Module, object> Built = [];

    public override nn.Module Build()
    {
        nn.Module module = Factory() ?? throw MLNetErrors.Mark(new InvalidOperationException("The function given to Network.Of returned null."));
        return Built.TryAdd(module, module) ? module
            : throw MLNetErrors.Mark(new InvalidOperationException("The function given to Network.Of returned the same module twice; each Fit needs a new one: Network.Of(() => new MyNetwork())."));
    }

    internal override string WhyNotSavable() =>
        "its network was made by a function, Network.Of(() => ...), which a file cannot hold. Put the network in a class that derives from " +
        "nn.Module<Tensor, Tensor> and name it instead: Network.Of<MyNetwork>(arguments)";
}
