namespace Fuse.MLNet;

/// <summary>Describes a network by a TorchScript file, which holds its code and first weights.</summary>
/// <param name="Script">The file.</param>
internal sealed record TorchScriptNetwork(TorchScriptFile Script) : Network
{
    public override nn.Module Build() => new TorchScriptModule(Script.Load());
}
