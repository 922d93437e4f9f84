namespace Fuse.MLNet.Tests;

/// <summary>Is one linear layer over each of a map's places, which stand as a volume of one plane.</summary>
public sealed class VolumeNet : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Conv3d conv1 = nn.Conv3d(1, 3, 1);

    public VolumeNet()
        : base(nameof(VolumeNet)) => RegisterComponents();

    public override Tensor forward(Tensor input) => conv1.call(input.unsqueeze(2));
}
